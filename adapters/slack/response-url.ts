import type { Clock } from '../../src/ports/clock.ts';
import { type Failure, readConnection, readStatus } from './outcome.ts';
import type { RenderedMessage } from './render-message.ts';

const SLACK_HOST = 'hooks.slack.com';
const TIMEOUT_MS = 10_000;

/**
 * The address to answer at, if it is one of Slack's. It comes out of a signed delivery, and is checked all the same: a request
 * of ours goes nowhere else. With another API address configured (a test), answers may go to that host too.
 */
export function checkResponseUrl(text: string, apiUrl: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'https:' && url.host === SLACK_HOST) return url;
  const api = new URL(apiUrl);
  return api.host !== 'slack.com' && url.protocol === api.protocol && url.host === api.host ? url : null;
}

/**
 * Answers one delivery, for its sender's eyes only (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
 * Null when Slack took it.
 */
export async function respond(
  url: URL,
  message: Partial<RenderedMessage> & { text: string },
  threadTs: string | null,
): Promise<Failure | null> {
  const body = { response_type: 'ephemeral', replace_original: false, ...message, ...(threadTs === null ? {} : { thread_ts: threadTs }) };
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    return readConnection(error instanceof Error ? error : new Error('fetch failed'));
  }
  if (response.status === 429) {
    await response.body?.cancel();
    return { kind: 'rate_limited', retryAfterMs: Math.max(1, Number(response.headers.get('retry-after')) || 1) * 1000 };
  }
  // The reason of a refusal is the body's text: "expired_url", "used_url", "invalid_blocks".
  const said = (await response.text().catch(() => '')).slice(0, 64);
  if (response.ok) return null;
  if (response.status < 500 && /^[a-z0-9_]+$/.test(said)) return { kind: 'code', code: said };
  return readStatus(response.status);
}

/** Too old for Slack to take? `since` is when the delivery came in. */
export function isOver(since: number | null, lifeMs: number, clock: Clock): boolean {
  return since !== null && clock.now() - since > lifeMs;
}
