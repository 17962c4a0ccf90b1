import type { WebClient } from '@slack/web-api';
import type { FindResult } from '../../src/ports/messenger.ts';
import { formatRemoteId } from './address.ts';
import { readFailure } from './outcome.ts';

/** What a message of ours carries, so that it can be told again: https://docs.slack.dev/messaging/message-metadata. */
export const EVENT_TYPE = 'shipmate_message';

/** Messages a page, and pages: Slack gives the newest first, and the one to look for was posted moments ago. */
const PAGE = 200;
const PAGES = 5;

/**
 * Looks for the message with this id of ours: in a thread among its replies, otherwise among the newest 1,000 messages of the
 * conversation (https://docs.slack.dev/reference/methods/conversations.history with `include_all_metadata`).
 */
export async function findMessage(
  client: WebClient,
  place: { conversation: string; threadTs: string | null },
  id: string,
): Promise<FindResult> {
  const { conversation, threadTs } = place;
  let cursor: string | undefined;
  try {
    for (let page = 0; page < PAGES; page++) {
      const request = { channel: conversation, include_all_metadata: true, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const answer =
        threadTs === null ? await client.conversations.history(request) : await client.conversations.replies({ ...request, ts: threadTs });
      const found = (answer.messages ?? []).find((message) => isOurs(message, id));
      if (found?.ts !== undefined) return { kind: 'found', remoteId: formatRemoteId({ conversation, ts: found.ts, threadTs }) };
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (cursor === undefined) return { kind: 'absent' };
    }
    return { kind: 'absent' };
  } catch (error) {
    return unfound(error);
  }
}

/** Where nothing can be looked up any more, nothing of ours stands either, as far as anybody there is concerned. */
const NOWHERE = new Set(['channel_not_found', 'thread_not_found', 'is_archived']);

export function unfound(error: unknown): FindResult {
  const failure = readFailure(error);
  if (failure === null) throw error;
  if (failure.kind === 'rate_limited') return { kind: 'unavailable', reason: 'ratelimited', retryAfterMs: failure.retryAfterMs };
  if (failure.kind === 'code') {
    return NOWHERE.has(failure.code) ? { kind: 'absent' } : { kind: 'unavailable', reason: failure.code, retryAfterMs: null };
  }
  return { kind: 'unavailable', reason: failure.reason, retryAfterMs: null };
}

function isOurs(message: object, id: string): boolean {
  if (!('metadata' in message)) return false;
  const { metadata } = message;
  if (typeof metadata !== 'object' || metadata === null || !('event_payload' in metadata)) return false;
  const payload = metadata.event_payload;
  return (
    'event_type' in metadata &&
    metadata.event_type === EVENT_TYPE &&
    typeof payload === 'object' &&
    payload !== null &&
    'id' in payload &&
    payload.id === id
  );
}
