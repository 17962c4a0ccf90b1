import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoleChange, RoleGrant } from '../../src/ports/access-store.ts';
import type { Views } from './database-views.ts';

/** Roles that were given in chat, and changes that wait for a second person. */
export function describeAccess(views: Views): void {
  const stores = () => views().database.stores;
  const unique = () => randomUUID().slice(0, 8);
  const olga = { id: 'olga', name: 'Olga\u0000 Owner' };
  const keptOlga = { id: 'olga', name: 'Olga\uFFFD Owner' };

  const aGrant = (members: Partial<RoleGrant> = {}): RoleGrant => ({
    app: `app-${unique()}`,
    personId: 'vera',
    role: 'developer',
    grantedBy: olga,
    grantedAt: 1_764_000_000_000,
    expiresAt: null,
    ...members,
  });
  const aChange = (members: Partial<RoleChange> = {}): RoleChange => ({
    id: unique(),
    app: `app-${unique()}`,
    personId: 'vera',
    role: 'owner',
    change: 'grant',
    askedBy: { ...olga, groups: ['slack-group:S1'] },
    askedAt: 1000,
    expiresAt: 2000,
    grantUntil: null,
    state: 'open',
    ...members,
  });
  const grantsOf = async (app: string, now = 0) => (await stores().access.grants(now)).filter((grant) => grant.app === app);

  describe('grants', () => {
    it('are kept as they were given, one for each app, person and role; the same again replaces it', async () => {
      const grant = aGrant();
      await stores().access.grant(grant);
      expect(await grantsOf(grant.app)).toEqual([{ ...grant, grantedBy: keptOlga }]);
      const longer = { ...grant, grantedBy: { id: 'bob', name: 'Bob' }, grantedAt: 7, expiresAt: 9_000_000_000_000 };
      await stores().access.grant(longer);
      expect(await grantsOf(grant.app)).toEqual([longer]);
      await stores().access.grant({ ...grant, role: 'incident' });
      await stores().access.grant({ ...grant, personId: 'dana' });
      expect(await grantsOf(grant.app)).toHaveLength(3);
    });

    it('hold up to their end and not at it', async () => {
      const grant = aGrant({ expiresAt: 5000 });
      await stores().access.grant(grant);
      expect(await grantsOf(grant.app, 4999)).toHaveLength(1);
      expect(await grantsOf(grant.app, 5000)).toEqual([]);
    });

    it('are taken away one by one, and once', async () => {
      const grant = aGrant();
      await stores().access.grant(grant);
      await stores().access.grant({ ...grant, role: 'incident' });
      expect(await stores().access.revoke(grant.app, 'vera', 'admin')).toBe(false);
      expect(await stores().access.revoke(grant.app, 'dana', 'developer')).toBe(false);
      expect(await stores().access.revoke(grant.app, 'vera', 'developer')).toBe(true);
      expect(await stores().access.revoke(grant.app, 'vera', 'developer')).toBe(false);
      expect((await grantsOf(grant.app)).map(({ role }) => role)).toEqual(['incident']);
    });
  });

  describe('changes of roles', () => {
    it('are kept as they were asked for, and listed while they are open', async () => {
      const change = aChange({ grantUntil: 9_000_000_000_000 });
      const kept = { ...change, askedBy: { ...keptOlga, groups: ['slack-group:S1'] } };
      const later = aChange({ app: change.app, change: 'revoke', askedAt: 1001 });
      await stores().access.askChange(later);
      await stores().access.askChange(change);
      expect(await stores().access.lockChange(change.id)).toEqual(kept);
      expect(await stores().access.lockChange('none')).toBeNull();
      expect((await stores().access.openChanges(change.app, 1999)).map(({ id }) => id)).toEqual([change.id, later.id]);
      expect(await stores().access.openChanges(change.app, 2000)).toEqual([]);
      expect(await stores().access.openChanges(`${change.app}-other`, 0)).toEqual([]);
      await stores().access.decideChange(change.id, 'done', { id: 'bob', name: 'Bob' }, 1500);
      await stores().access.decideChange(later.id, 'refused', { id: 'bob', name: 'Bob' }, 1500);
      expect(await stores().access.openChanges(change.app, 0)).toEqual([]);
      expect(await stores().access.lockChange(change.id)).toEqual({ ...kept, state: 'done' });
      expect((await stores().access.lockChange(later.id))?.state).toBe('refused');
    });

    it('are decided by one of many, from several processes', async () => {
      const change = aChange();
      await stores().access.askChange(change);
      const decide = (database: ReturnType<Views>['database'], index: number) =>
        database.transact(async ({ access }) => {
          if ((await access.lockChange(change.id))?.state !== 'open') return false;
          await access.decideChange(change.id, 'done', { id: `p${index}`, name: 'P' }, 1500);
          return true;
        });
      const deciders = Array.from({ length: 10 }, (_, index) => decide(index % 2 === 0 ? views().database : views().other, index));
      expect((await Promise.all(deciders)).filter(Boolean)).toHaveLength(1);
    });
  });

  it('lets changes of one app follow one another, over processes, and those of another app pass', async () => {
    const app = `app-${unique()}`;
    let inside = 0;
    let most = 0;
    const change = (database: ReturnType<Views>['database']) =>
      database.transact(async ({ access }) => {
        await access.lock(app);
        inside += 1;
        most = Math.max(most, inside);
        await access.grants(0);
        await views().other.transact((others) => others.access.lock(`${app}-other`));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 6 }, (_, index) => change(index % 2 === 0 ? views().database : views().other)));
    expect(most).toBe(1);
  });
}
