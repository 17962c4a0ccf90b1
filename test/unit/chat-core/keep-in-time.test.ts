import { describe, expect, it } from 'vitest';
import { ACKNOWLEDGED_MS, PATIENCE_MS } from '../../../src/chat/chat-intake.ts';
import { keepInTime } from '../../../src/chat-core/intake/keep-in-time.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import type { Kept, NewDelivery } from '../../../src/ports/intake-store.ts';
import { FakeClock } from '../../support/builders-parts.ts';

const delivery: NewDelivery = {
  platform: 'slack',
  deliveryId: 'd',
  channel: 'C',
  accountId: 'U',
  payload: Uint8Array.of(),
  handle: null,
  receivedAt: 0,
  token: 't',
};

const storeOf = (keep: () => Promise<Kept>) => ({ keep });

describe('keeping a delivery in time', () => {
  it('says what the database says', async () => {
    const clock = new FakeClock();
    expect(
      await keepInTime(
        storeOf(async () => 'kept'),
        clock,
        delivery,
        null,
      ),
    ).toBe('kept');
    expect(
      await keepInTime(
        storeOf(async () => 'repeated'),
        clock,
        delivery,
        null,
      ),
    ).toBe('repeated');
    expect(clock.sleepers).toBe(0);
  });

  it('tries again while the database is away, and takes its word when it is back in time', async () => {
    const clock = new FakeClock();
    const backAt = clock.now() + 2_000;
    const keep = async () => {
      if (clock.now() < backAt) throw new StoreUnavailableError('away');
      return 'kept' as const;
    };
    const kept = keepInTime(storeOf(keep), clock, delivery, null);
    await clock.advance(2_100);
    expect(await kept).toBe('kept');
  });

  it('gives up when the platform is about to, whether the database refuses or hangs', async () => {
    for (const keep of [
      async () => {
        throw new StoreUnavailableError('away');
      },
      () => new Promise<'kept'>(() => undefined),
    ]) {
      const clock = new FakeClock();
      const kept = keepInTime(storeOf(keep), clock, delivery, null);
      await clock.advance(PATIENCE_MS);
      expect(await kept).toBe('late');
    }
  });

  it('has the less time, the longer the platform has waited', async () => {
    const hanging = storeOf(() => new Promise<'kept'>(() => undefined));
    for (const [waitedMs, patienceMs] of [
      [0, PATIENCE_MS],
      [ACKNOWLEDGED_MS - PATIENCE_MS, PATIENCE_MS],
      [1500, ACKNOWLEDGED_MS - 1500],
      [5000, 0],
    ] as const) {
      const clock = new FakeClock();
      let isOver = false;
      const kept = keepInTime(hanging, clock, delivery, null, waitedMs).finally(() => {
        isOver = true;
      });
      if (patienceMs > 0) await clock.advance(patienceMs - 1);
      if (patienceMs > 0) expect(isOver).toBe(false);
      await clock.advance(1);
      expect(await kept).toBe('late');
    }
  });

  it('does not hide a defect', async () => {
    const keep = async () => {
      throw new TypeError('defect');
    };
    await expect(keepInTime(storeOf(keep), new FakeClock(), delivery, null)).rejects.toThrow('defect');
  });
});
