import type { Json } from '../../src/domain/json.ts';
import { isSnowflake } from './addresses.ts';
import { DISCORD_LIMITS } from './limits.ts';
import type { Route } from './rest.ts';

/**
 * How one interaction is answered later: its token, good for 15 minutes. Every interaction was acknowledged with a response of its
 * own that only the person sees, so that the answer always takes that one's place, which may be repeated without harm.
 */
export type AnswerHandle = { readonly application: string; readonly token: string };

export function handleJson(handle: AnswerHandle): Json {
  return { application: handle.application, token: handle.token };
}

export function parseHandle(handle: Json): AnswerHandle | null {
  if (handle === null || typeof handle !== 'object' || Array.isArray(handle)) return null;
  const { application, token } = handle as { readonly [key: string]: Json | undefined };
  return isSnowflake(application) && typeof token === 'string' && TOKEN.test(token) ? { application, token } : null;
}

const TOKEN = /^[A-Za-z0-9_.=+-]{1,500}$/;

/** https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response */
export function originalResponse({ application, token }: AnswerHandle): Route {
  return { path: `/webhooks/${application}/${token}/messages/@original`, isOpen: true };
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message */
export function followUp({ application, token }: AnswerHandle): Route {
  return { path: `/webhooks/${application}/${token}`, isOpen: true };
}

/** A few seconds before Discord ends it, so that no request arrives too late. */
export function hasExpired(since: number | null, now: number): boolean {
  return since !== null && now - since > DISCORD_LIMITS.interactionTokenMs - 5000;
}

/** So long the acknowledgement may still be on its way; an answer that overtakes it finds nothing to take the place of. */
export function isFresh(since: number | null, now: number): boolean {
  return since !== null && now - since < 15_000;
}
