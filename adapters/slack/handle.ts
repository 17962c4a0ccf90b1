import { z } from 'zod';
import type { Json } from '../../src/domain/json.ts';

/**
 * What answers exactly one delivery: the address that Slack gave with it (absent for mentions) and the thread that it came
 * from. It is kept sealed, because whoever has the address can post with it.
 */
const handleSchema = z.object({
  responseUrl: z.string().nullable(),
  threadTs: z.string().nullable(),
});

export type Handle = z.infer<typeof handleSchema>;

export function formatHandle(handle: Handle): Json {
  return { responseUrl: handle.responseUrl, threadTs: handle.threadTs };
}

/** Null when there is none, or one that this adapter did not make. */
export function parseHandle(handle: Json | null): Handle | null {
  const parsed = handleSchema.safeParse(handle);
  return parsed.success ? parsed.data : null;
}

/**
 * Slack takes answers at a response URL for 30 minutes and five times
 * (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). A minute is left for clocks that differ.
 */
export const HANDLE_LIFE_MS = 29 * 60_000;
