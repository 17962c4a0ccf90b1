import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DeployLock } from '../../src/domain/deploy-lock.ts';
import type { StoredFreeze, Watcher } from '../../src/ports/lock-store.ts';
import type { Views } from './database-views.ts';

/** Who keeps whom from deploying, what is frozen, and who waits. */
export function describeLocks(views: Views): void {
  const stores = () => views().database.stores;
  const unique = () => randomUUID().slice(0, 8);

  const aLock = (members: Partial<DeployLock> = {}): DeployLock => ({
    id: unique(),
    scope: { app: `app-${unique()}`, environment: 'production' },
    holder: { id: 'olga', name: 'Olga' },
    reason: 'db migration',
    since: 100,
    expiresAt: null,
    ...members,
  });
  const standing = async (id: string) => (await stores().locks.standing()).find((lock) => lock.id === id) ?? null;

  describe('locks', () => {
    it('are kept as they were taken, one for each scope', async () => {
      const lock = aLock({ reason: 'db\u0000 migration', expiresAt: 9_000_000_000_000 });
      expect(await stores().locks.take(lock)).toBe(true);
      const kept = { ...lock, reason: 'db\uFFFD migration' };
      expect(await standing(lock.id)).toEqual(kept);
      expect(await stores().locks.standingOf(lock.scope)).toEqual(kept);
      expect(await stores().locks.take({ ...lock, id: unique() })).toBe(false);
      expect(await stores().locks.take({ ...lock, id: unique(), scope: { ...lock.scope, environment: 'staging' } })).toBe(true);
    });

    it('know every app and every environment as scopes of their own', async () => {
      const { app } = aLock().scope;
      const scopes = [
        { app, environment: null },
        { app: null, environment: `e-${unique()}` },
      ];
      for (const scope of scopes) {
        const lock = aLock({ scope });
        expect(await stores().locks.standingOf(scope)).toBeNull();
        expect([await stores().locks.take(lock), await stores().locks.take(aLock({ scope }))]).toEqual([true, false]);
        expect(await stores().locks.standingOf(scope)).toEqual(lock);
      }
    });

    it('go to one of many who take the same at once, from several processes', async () => {
      const scope = { app: `app-${unique()}`, environment: null };
      const takers = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? views().database : views().other));
      const taken = await Promise.all(takers.map(({ stores: own }) => own.locks.take(aLock({ scope }))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('are held by nobody while the transaction that took them is open or was given up', async () => {
      const lock = aLock();
      await expect(
        views().database.transact(async (own) => {
          await own.locks.take(lock);
          throw new Error('given up');
        }),
      ).rejects.toThrow('given up');
      expect(await stores().locks.take({ ...lock, id: unique() })).toBe(true);
    });

    it('end once, and then the scope is free', async () => {
      const lock = aLock();
      await stores().locks.take(lock);
      const ends = await Promise.all(
        [views().database, views().other].map(({ stores: own }) => own.locks.end(lock.id, 'released', 'dana', 200)),
      );
      expect(ends.filter(Boolean)).toHaveLength(1);
      expect(await standing(lock.id)).toBeNull();
      expect(await stores().locks.renew(lock.id, { reason: null, expiresAt: null })).toBe(false);
      expect(await stores().locks.take({ ...lock, id: unique() })).toBe(true);
    });

    it('expire at their end, each for one caller', async () => {
      const lock = aLock({ expiresAt: 5000 });
      await stores().locks.take(lock);
      expect((await stores().locks.expire(4999)).map(({ id }) => id)).not.toContain(lock.id);
      const expired = await Promise.all([views().database, views().other].map(({ stores: own }) => own.locks.expire(5000)));
      expect(expired.flat().filter(({ id }) => id === lock.id)).toEqual([lock]);
      expect(await standing(lock.id)).toBeNull();
    });

    it('are reminded of once before their end, and anew when they were renewed', async () => {
      const lock = aLock({ expiresAt: 5000 });
      await stores().locks.take(lock);
      const reminders = async (byMs: number, nowMs: number) => {
        const all = await Promise.all([views().database, views().other].map(({ stores: own }) => own.locks.takeReminders(byMs, nowMs)));
        return all.flat().filter(({ id }) => id === lock.id);
      };
      expect(await reminders(4999, 1000)).toEqual([]);
      expect(await reminders(5000, 5000)).toEqual([]);
      expect(await reminders(5000, 1000)).toEqual([lock]);
      expect(await reminders(5000, 1000)).toEqual([]);
      const renewed = { reason: 'longer', expiresAt: 9000 };
      expect(await stores().locks.renew(lock.id, renewed)).toBe(true);
      expect(await reminders(9000, 1000)).toEqual([{ ...lock, ...renewed }]);
    });
  });

  describe('freezes', () => {
    const aFreeze = (members: Partial<StoredFreeze> = {}): StoredFreeze => ({
      id: unique(),
      scope: { app: null, environment: 'production' },
      schedule: { kind: 'recurring', cron: '0 18 * * FRI', timeZone: 'Europe/Berlin', lasts: { days: 2, ms: 54_000_000 } },
      reason: 'weekend',
      createdBy: { id: 'adam', name: 'Adam' },
      createdAt: 100,
      ...members,
    });
    const find = async (id: string, nowMs: number) => (await stores().locks.freezes(nowMs)).find((freeze) => freeze.id === id) ?? null;

    it('stand until they are over by themselves or ended', async () => {
      const weekend = aFreeze();
      const christmas = aFreeze({ schedule: { kind: 'once', from: 1000, until: 2000 } });
      for (const freeze of [weekend, christmas]) await stores().locks.addFreeze(freeze);
      expect([await find(weekend.id, 5000), await find(christmas.id, 1999), await find(christmas.id, 2000)]).toEqual([
        weekend,
        christmas,
        null,
      ]);
      expect([await stores().locks.endFreeze(weekend.id, 'olga', 10), await stores().locks.endFreeze(weekend.id, 'olga', 10)]).toEqual([
        true,
        false,
      ]);
      expect(await find(weekend.id, 5000)).toBeNull();
    });
  });

  describe('who waits for an opening', () => {
    it('is kept once for each environment, and told by one', async () => {
      const watcher: Watcher = { app: `app-${unique()}`, environment: 'production', personId: 'dana', since: 5 };
      const own = async () => (await stores().locks.watchers()).filter(({ app }) => app === watcher.app);
      await stores().locks.watch(watcher);
      await stores().locks.watch({ ...watcher, since: 6 });
      await stores().locks.watch({ ...watcher, personId: 'vera', since: 7 });
      expect(await own()).toEqual([watcher, { ...watcher, personId: 'vera', since: 7 }]);
      const told = await Promise.all([views().database, views().other].map(({ stores: each }) => each.locks.endWatch(watcher)));
      expect(told.filter(Boolean)).toHaveLength(1);
      expect((await own()).map(({ personId }) => personId)).toEqual(['vera']);
    });
  });
}
