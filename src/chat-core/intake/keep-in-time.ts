import { ACKNOWLEDGED_MS, PATIENCE_MS } from '../../chat/chat-intake.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailableError } from '../../ports/faults.ts';
import type { Claim, Kept, NewDelivery } from '../../ports/intake-store.ts';
import type { Keeper } from './keeper.ts';

/** Between attempts while the database is away. */
const AGAIN_MS = 50;

/**
 * Tries to keep a delivery for as long as the platform waits, which has waited for `waitedMs` already. `late`: it was not, as far as is known; an attempt may still be
 * under way, so it has to be withdrawn, unless the platform brings it again.
 */
export async function keepInTime(
  keeper: Pick<Keeper, 'keep'>,
  clock: Clock,
  delivery: NewDelivery,
  claim: Claim | null,
  waitedMs = 0,
): Promise<Kept | 'late'> {
  const isOver = new AbortController();
  const patience = clock.sleep(Math.max(0, Math.min(PATIENCE_MS, ACKNOWLEDGED_MS - waitedMs)), isOver.signal).then(() => 'late' as const);
  try {
    return await Promise.race([keep(), patience]);
  } finally {
    isOver.abort();
  }

  async function keep(): Promise<Kept | 'late'> {
    while (!isOver.signal.aborted) {
      try {
        return await keeper.keep(delivery, claim, isOver.signal);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await clock.sleep(AGAIN_MS, isOver.signal);
      }
    }
    return 'late';
  }
}
