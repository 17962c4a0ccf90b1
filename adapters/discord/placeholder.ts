import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { type AnswerHandle, originalResponse } from './answer-handle.ts';
import { readFailure } from './failure.ts';
import { renderNotice } from './render-confirmation.ts';
import type { DiscordRest } from './rest.ts';

/** The "thinking…" that only the person sees while an answer is made. */
export interface PlaceholderKeeper {
  /** Takes it away: the answer stands in the channel. Never rejects. */
  remove(handle: AnswerHandle): Promise<void>;
  /** Says a line in its place. Never rejects. */
  say(handle: AnswerHandle, text: string): Promise<void>;
}

/** The response may still be on its way to Discord when the answer is there already. */
const TRIES_AFTER_MS = [0, 400, 1600] as const;

export function createPlaceholders(rest: DiscordRest, clock: Clock, logger: Logger): PlaceholderKeeper {
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    for (const wait of TRIES_AFTER_MS) {
      if (wait > 0) await clock.sleep(wait);
      try {
        await work();
        return;
      } catch (error) {
        // Discord itself ends it after 15 minutes: nothing is lost but looks.
        logger.debug({ failure: readFailure(error) }, `${what} did not work`);
      }
    }
  };
  return {
    remove: async (handle) => attempt('removing a placeholder', async () => rest.request('DELETE', originalResponse(handle))),
    say: async (handle, text) =>
      attempt('answering in a placeholder', async () => rest.request('PATCH', originalResponse(handle), renderNotice(text))),
  };
}
