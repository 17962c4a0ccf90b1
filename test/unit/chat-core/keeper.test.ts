import { describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../../src/chat-core/intake/keeper.ts';
import type { IntakeStore, Kept, NewDelivery } from '../../../src/ports/intake-store.ts';

const aDelivery = (deliveryId: string): NewDelivery => ({
  platform: 'slack',
  deliveryId,
  channel: 'C',
  accountId: 'U',
  payload: Uint8Array.of(),
  handle: null,
  receivedAt: 0,
  token: deliveryId,
});

const NEVER = new AbortController().signal;

/** A store whose statements end when the test says so. */
function manualStore() {
  const statements: { ids: string[]; answer(kept: readonly Kept[]): void; fail(error: Error): void }[] = [];
  const keep: IntakeStore['keep'] = (deliveries) =>
    new Promise((resolve, reject) =>
      statements.push({ ids: deliveries.map(({ delivery }) => delivery.deliveryId), answer: resolve, fail: reject }),
    );
  return { statements, keeper: new Keeper({ keep }) };
}

describe('keeping deliveries together', () => {
  it('keeps what comes while a statement runs with the next one, and tells each its own', async () => {
    const { statements, keeper } = manualStore();
    const all = ['a', 'b', 'c', 'd'].map((id) => keeper.keep(aDelivery(id), null, NEVER));
    expect(statements.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
    statements[0]?.answer(['kept']);
    expect(await all[0]).toBe('kept');
    expect(statements[2]?.ids).toEqual(['c', 'd']);
    statements[2]?.answer(['repeated', 'kept']);
    expect(await Promise.all(all.slice(2))).toEqual(['repeated', 'kept']);
    statements[1]?.answer(['repeated']);
    expect(await all[1]).toBe('repeated');
  });

  it('does not send what nobody waits for any more', async () => {
    const { statements, keeper } = manualStore();
    const over = new AbortController();
    for (const id of ['a', 'b', 'c']) void keeper.keep(aDelivery(id), null, over.signal);
    const last = keeper.keep(aDelivery('d'), null, NEVER);
    over.abort();
    statements[0]?.answer(['kept']);
    await vi.waitFor(() => expect(statements[2]?.ids).toEqual(['d']));
    statements[2]?.answer(['kept']);
    expect(await last).toBe('kept');
  });

  it('fails all of a statement, and goes on with the next', async () => {
    const { statements, keeper } = manualStore();
    const all = ['a', 'b', 'c'].map((id) => keeper.keep(aDelivery(id), null, NEVER));
    statements[0]?.fail(new Error('away'));
    await expect(all[0]).rejects.toThrow('away');
    statements[2]?.answer(['kept']);
    expect(await all[2]).toBe('kept');
    statements[1]?.answer(['kept']);
    expect(await all[1]).toBe('kept');
  });
});
