import type { Parts } from './parts.ts';

const EVERY_MS = 1500;
const INBOX_KEPT_MS = 7 * 24 * 3600 * 1000;
const PRUNE_EVERY_MS = 3600 * 1000;

/**
 * Puts right what the queue lost: every deployment that could run and that no live lease holds is woken again, so a
 * worker that died, a queue that was emptied or a wake-up that failed delays a deployment and never loses it.
 */
export async function reconcile(parts: Parts, signal: AbortSignal): Promise<void> {
  let prunedAt = 0;
  while (!signal.aborted) {
    try {
      for (const { id } of await parts.database.stores.deployments.runnable(parts.clock.now())) await parts.queue.wake(id);
      if (parts.clock.now() - prunedAt > PRUNE_EVERY_MS) {
        prunedAt = parts.clock.now();
        await parts.database.stores.inbox.prune(prunedAt - INBOX_KEPT_MS);
      }
    } catch (error) {
      parts.logger.warn({ error }, 'could not reconcile; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}
