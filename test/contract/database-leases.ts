import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

export function describeLeases(views: Views): void {
  const leases = () => views().database.stores.leases;
  const aStack = () => `stack-${randomUUID().slice(0, 8)}`;

  describe('leases', () => {
    it('have one holder, and each taking a higher fence', async () => {
      const stack = aStack();
      const first = await leases().acquire(stack, 'd1', 'w1', 60_000);
      expect(first).toEqual({ stack, deploymentId: 'd1', fence: 1 });
      expect(await leases().acquire(stack, 'd2', 'w1', 60_000)).toBeNull();
      expect(await leases().acquire(stack, 'd1', 'w2', 60_000)).toBeNull();
      expect(await leases().acquire(stack, 'd1', 'w1', 60_000)).toEqual({ stack, deploymentId: 'd1', fence: 2 });
      expect(first !== null && (await leases().isHeld(first))).toBe(false);
      expect(await leases().holderOf(stack)).toEqual({ deploymentId: 'd1', holder: 'w1', fence: 2, isExpired: false });
    });

    it('can be taken from a holder whose time ran out, who then has lost it', async () => {
      const stack = aStack();
      const old = await leases().acquire(stack, 'd1', 'w1', 50);
      if (old === null) throw new Error('free');
      const taken = await vi.waitFor(async () => {
        const fence = await views().other.stores.leases.acquire(stack, 'd1', 'w2', 60_000);
        if (fence === null) throw new Error('not yet');
        return fence;
      });
      expect(taken.fence).toBe(2);
      expect(await leases().renew(old, 60_000)).toBe(false);
      expect(await leases().isHeld(old)).toBe(false);
      await leases().release(old);
      expect(await leases().isHeld(taken)).toBe(true);
    });

    it('can be renewed after their time while nobody took them', async () => {
      const stack = aStack();
      const fence = await leases().acquire(stack, 'd1', 'w1', 0);
      if (fence === null) throw new Error('free');
      expect(await leases().isHeld(fence)).toBe(false);
      expect(await leases().holderOf(stack)).toMatchObject({ isExpired: true });
      expect(await leases().renew(fence, 60_000)).toBe(true);
      expect(await leases().isHeld(fence)).toBe(true);
    });

    it('are free after a release, and the fence goes on', async () => {
      const stack = aStack();
      const fence = await leases().acquire(stack, 'd1', 'w1', 60_000);
      if (fence === null) throw new Error('free');
      await leases().release(fence);
      expect(await leases().holderOf(stack)).toBeNull();
      expect(await leases().renew(fence, 60_000)).toBe(false);
      expect(await leases().acquire(stack, 'd2', 'w2', 60_000)).toMatchObject({ fence: 2 });
    });

    it('go to exactly one of many who want them at the same time, again and again', async () => {
      const stack = aStack();
      for (let round = 1; round <= 20; round += 1) {
        const takers = Array.from({ length: 16 }, (_, index) => {
          const side = index % 2 === 0 ? views().database : views().other;
          return side.stores.leases.acquire(stack, `d${index}`, `w${index}`, 60_000);
        });
        const winners = (await Promise.all(takers)).filter((fence) => fence !== null);
        expect(winners.map(({ fence }) => fence)).toEqual([round]);
        for (const winner of winners) await leases().release(winner);
      }
    });

    it('never let an old owner write after a new one has read, whatever the moment of the taking', async () => {
      for (let round = 0; round < 30; round += 1) {
        const deployment = await store(views().database, { app: `race-${randomUUID().slice(0, 8)}` });
        const old = await leases().acquire(deployment.stack, deployment.id, 'w1', 0);
        if (old === null) throw new Error('free');
        const takeAndRead = async () => {
          const { leases: theirs, deployments } = views().other.stores;
          await theirs.acquire(deployment.stack, deployment.id, 'w2', 60_000);
          return deployments.find(deployment.id);
        };
        const [wrote, read] = await Promise.all([
          views().database.stores.deployments.update(deployment.id, { startedAt: 7 }, old),
          takeAndRead(),
        ]);
        expect(read?.startedAt).toBe(wrote ? 7 : null);
      }
    });

    it('make a taker wait for the write that the old owner is in the middle of', async () => {
      const deployment = await store(views().database, { app: `mid-${randomUUID().slice(0, 8)}` });
      const old = await leases().acquire(deployment.stack, deployment.id, 'w1', 0);
      if (old === null) throw new Error('free');
      let isCommitting = false;
      const { promise: taken, resolve } = Promise.withResolvers<boolean>();
      await views().database.transact(async (stores) => {
        await stores.deployments.update(deployment.id, { startedAt: 7 }, old);
        views()
          .other.stores.leases.acquire(deployment.stack, deployment.id, 'w2', 60_000)
          .then(() => resolve(isCommitting));
        // Several turns of the loop and round trips in which a taker that does not wait would be through.
        for (let turn = 0; turn < 20; turn += 1) await stores.deployments.find(deployment.id);
        isCommitting = true;
      });
      expect(await taken).toBe(true);
    });
  });
}
