import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';

/** What a request to Discord came to, when it did not succeed. */
export type Failure =
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number; readonly scope: 'channel' | 'workspace' }
  /** Discord understood and declined: its code (0: general) from the error table, and the HTTP status. */
  | { readonly kind: 'declined'; readonly code: number; readonly status: number }
  /** It never got there. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** It got there, or may have, and nothing usable came back. */
  | { readonly kind: 'uncertain'; readonly reason: string };

/** Not known to have worked, and safe to be done again from the start: nothing has to be looked up before. */
export class RepeatableError extends Error {}

/** No text of Discord's and no address goes on from here: addresses carry tokens, and texts repeat what people wrote. */
export function readFailure(error: unknown): Failure {
  if (error instanceof RateLimitError) return rateLimited(error);
  if (error instanceof DiscordAPIError) {
    const code = Number.isSafeInteger(Number(error.code)) ? Number(error.code) : 0;
    // A bot token that is refused is refused for every message; a corrected one lets them all go. (With a code it is an interaction's token.)
    if (error.status === 401 && code === 0) return { kind: 'unreachable', reason: 'Discord does not accept the bot token' };
    return { kind: 'declined', code, status: error.status };
  }
  if (error instanceof HTTPError) return { kind: 'uncertain', reason: `Discord answered with status ${error.status}` };
  if (error instanceof RepeatableError) return { kind: 'unreachable', reason: error.message };
  const code = codeOf(error);
  if (code !== null && NEVER_SENT.has(code)) return { kind: 'unreachable', reason: `Discord cannot be reached (${code})` };
  return { kind: 'uncertain', reason: code === null ? 'Discord did not answer in time' : `The connection to Discord broke (${code})` };
}

/**
 * `user` counts per route and channel; `global` the whole bot; `shared` a resource that others use up too, which nobody here can
 * count: the bot as a whole holds back. https://docs.discord.com/developers/topics/rate-limits#header-format
 */
function rateLimited(error: RateLimitError): Failure {
  const isWide = error.global || error.scope === 'global' || error.scope === 'shared';
  const wait = [error.retryAfter, error.timeToReset].find((ms) => Number.isFinite(ms) && ms > 0);
  return { kind: 'rate_limited', retryAfterMs: Math.ceil(wait ?? UNSTATED_WAIT_MS), scope: isWide ? 'workspace' : 'channel' };
}

/** A 429 of the network before Discord (a ban for too many invalid requests) names no time. */
const UNSTATED_WAIT_MS = 5000;

/** Errors that come before the first byte is written. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // An aborted request is a timeout here; its numeric DOMException code says nothing.
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return null;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  return error.cause === undefined ? null : codeOf(error.cause);
}
