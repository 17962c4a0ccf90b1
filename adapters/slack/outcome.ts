import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import type { DeliveryResult } from '../../src/ports/messenger.ts';

/** What became of a request that was not answered with success. */
export type Failure =
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Slack's `Retry-After` is in whole seconds (https://docs.slack.dev/apis/web-api/rate-limits); a missing one is taken for this. */
const USUAL_RETRY_MS = 30_000;

/** Reads what Slack's client throws. Null for what is none of its errors: a defect of ours. */
export function readFailure(error: unknown): Failure | null {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'rate_limited', retryAfterMs: Math.max(1, error.retryAfter) * 1000 };
  if (error instanceof WebAPIPlatformError) return readCode(error);
  if (error instanceof WebAPIHTTPError) return readStatus(error.statusCode);
  if (error instanceof WebAPIRequestError) return readConnection(error.original);
  // The client has no class for a 429 without a usable Retry-After.
  if (error instanceof Error && error.message.startsWith('Retry header')) return { kind: 'rate_limited', retryAfterMs: USUAL_RETRY_MS };
  // An answer that broke off in the middle: Slack had begun to answer, so it had worked on it.
  if (error instanceof TypeError || (error instanceof DOMException && isTimeout(error)))
    return { kind: 'unknown', reason: 'the answer broke off' };
  return null;
}

/** An error code is one word. Anything else is the client's way to hand on an answer that is no JSON, for example a proxy's page. */
function readCode({ data }: WebAPIPlatformError): Failure {
  if (!/^[a-z0-9_]{1,64}$/.test(data.error)) return { kind: 'unknown', reason: 'the answer was no answer of Slack’s' };
  if (RATE_CODES.has(data.error)) {
    const seconds = data.response_metadata?.['retryAfter'];
    return { kind: 'rate_limited', retryAfterMs: typeof seconds === 'number' ? seconds * 1000 : USUAL_RETRY_MS };
  }
  // "… it's possible some aspect of the operation succeeded before the error was raised": the documentation of each method.
  if (data.error === 'internal_error' || data.error === 'fatal_error') return { kind: 'unknown', reason: data.error };
  // Both say that nothing was done: https://docs.slack.dev/reference/methods/chat.postMessage#errors.
  if (data.error === 'service_unavailable' || data.error === 'request_timeout') return { kind: 'unavailable', reason: data.error };
  return { kind: 'code', code: data.error };
}

const RATE_CODES = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

export function readStatus(status: number): Failure {
  // A proxy or a server in the middle of its work answers 5xx: whether the method ran is not said.
  if (status >= 500) return { kind: 'unknown', reason: `HTTP ${status}` };
  return { kind: 'code', code: `http_${status}` };
}

/** Nothing left this machine, so nothing was applied. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** Certificates are checked before anything is sent. */
const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Undici says "fetch failed" and puts the reason in the cause, which for several addresses is a list. */
export function readConnection(error: Error): Failure {
  const codes = codesOf(error);
  const first = codes[0];
  if (first !== undefined && codes.every((code) => NOT_SENT.has(code) || CERTIFICATE.test(code)))
    return { kind: 'unavailable', reason: first };
  return { kind: 'unknown', reason: isTimeout(error) ? 'no answer in time' : (first ?? 'the connection broke') };
}

function isTimeout(error: Error): boolean {
  return error.name === 'TimeoutError' || error.name === 'AbortError';
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf);
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return own.length > 0 ? own : codesOf(error.cause);
}

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors: this conversation takes nothing from us any more. */
const CHANNEL_GONE = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'channel_is_limited_access',
  'user_not_found',
  'user_disabled',
]);
/** Nor does the whole workspace, until somebody installs Shipmate again. */
const WORKSPACE_GONE = new Set(['account_inactive', 'token_revoked', 'team_access_not_granted']);
/** Our own token is wrong: a mistake in the settings, and no reason to give channels up. Tried again until it is corrected. */
const TOKEN_WRONG = new Set(['invalid_auth', 'not_authed', 'token_expired']);
/** https://docs.slack.dev/reference/methods/chat.update#errors. */
const NOT_EDITABLE = new Set(['cant_update_message', 'edit_window_closed', 'as_user_not_supported']);

/** A failure as the delivery loop wants it. */
export function toResult(failure: Failure, scope: 'channel' | 'workspace'): DeliveryResult {
  if (failure.kind === 'rate_limited') return { kind: 'rate_limited', retryAfterMs: failure.retryAfterMs, scope };
  if (failure.kind !== 'code') return failure;
  const { code } = failure;
  if (code === 'message_not_found') return { kind: 'gone' };
  if (TOKEN_WRONG.has(code)) return { kind: 'unavailable', reason: code };
  if (NOT_EDITABLE.has(code)) return { kind: 'not_editable' };
  return { kind: 'refused', reason: code, channelIsGone: CHANNEL_GONE.has(code) || WORKSPACE_GONE.has(code) };
}
