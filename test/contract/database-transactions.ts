import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

export function describeTransactions(views: Views): void {
  describe('transactions', () => {
    it('do everything or nothing', async () => {
      const first = await store(views().database, { app: `app-${randomUUID().slice(0, 8)}` });
      const attempt = views().database.transact(async (stores) => {
        await stores.deployments.transition(first.id, 'queued', 'running', {}, null);
        await stores.leases.acquire(first.stack, first.id, 'w1', 60_000);
        throw new Error('no');
      });
      await expect(attempt).rejects.toThrow('no');
      expect(await views().database.stores.deployments.find(first.id)).toEqual(first);
      expect(await views().database.stores.leases.holderOf(first.stack)).toBeNull();
    });

    it('run again after a deadlock, and all of them succeed', async () => {
      const app = `app-${randomUUID().slice(0, 8)}`;
      const a = await store(views().database, { app });
      const b = await store(views().database, { app });
      const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
      let runs = 0;
      const cross = (own: string, other: string, mine: 0 | 1) =>
        views().database.transact(async (stores) => {
          runs += 1;
          await stores.deployments.update(own, { startedAt: 1 }, null);
          met[mine].resolve();
          await met[mine === 0 ? 1 : 0].promise;
          await stores.deployments.update(other, { finishedAt: 1 }, null);
        });
      await Promise.all([cross(a.id, b.id, 0), cross(b.id, a.id, 1)]);
      expect(runs).toBeGreaterThan(2);
      for (const { id } of [a, b]) {
        expect(await views().database.stores.deployments.find(id)).toMatchObject({ startedAt: 1, finishedAt: 1 });
      }
    });
  });

  describe('notifications', () => {
    it('reach every process, after the commit and only then', async () => {
      const here: string[] = [];
      const there: string[] = [];
      const listening = await Promise.all([
        views().database.listen('deployment', (id) => here.push(id)),
        views().other.listen('deployment', (id) => there.push(id)),
      ]);
      const { database } = views();
      const undone = database.transact(async (stores) => {
        await database.notify(stores, 'deployment', 'undone');
        throw new Error('no');
      });
      await expect(undone).rejects.toThrow('no');
      await database.transact(async (stores) => {
        await database.notify(stores, 'deployment', 'done');
        await stores.leases.holderOf('anything');
        expect(there).toEqual([]);
      });
      await database.notify(database.stores, 'deployment', 'outside');
      await database.notify(database.stores, 'message', 'another topic');
      await vi.waitFor(() =>
        expect([here, there]).toEqual([
          ['done', 'outside'],
          ['done', 'outside'],
        ]),
      );
      await Promise.all(listening.map((each) => each.stop()));
      await database.notify(database.stores, 'deployment', 'late');
      const again = await database.listen('message', (id) => here.push(id));
      await database.notify(database.stores, 'message', 'last');
      await vi.waitFor(() => expect(here.at(-1)).toBe('last'));
      expect(here).not.toContain('late');
      await again.stop();
    });
  });
}
