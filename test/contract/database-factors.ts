import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PasskeyFactor, TotpFactor } from '../../src/domain/factor.ts';
import type { FactorLink } from '../../src/ports/factor-store.ts';
import type { Views } from './database-views.ts';

/** Second factors, their tries, and the links to their pages. */
export function describeFactors(views: Views): void {
  const stores = () => views().database.stores;
  const someone = () => `p-${randomUUID().slice(0, 8)}`;

  const aTotp = (personId: string, members: Partial<TotpFactor> = {}): TotpFactor => ({
    kind: 'totp',
    id: randomUUID(),
    personId,
    name: 'Authenticator app',
    sealed: new Uint8Array([1, 2, 3]),
    lastStep: 5,
    createdAt: 1,
    lastUsedAt: null,
    ...members,
  });
  const aPasskey = (personId: string, members: Partial<PasskeyFactor> = {}): PasskeyFactor => ({
    kind: 'passkey',
    id: randomUUID(),
    personId,
    name: 'Passkey',
    credentialId: randomUUID(),
    publicKey: new Uint8Array([9, 8]),
    counter: 1,
    transports: ['internal'],
    createdAt: 2,
    lastUsedAt: null,
    ...members,
  });

  describe('factors', () => {
    it('are kept whole, by person, and move on with each use', async () => {
      const personId = someone();
      const totp = aTotp(personId);
      const passkey = aPasskey(personId);
      expect(await stores().factors.insert(totp)).toBe(true);
      expect(await stores().factors.insert(passkey)).toBe(true);
      expect(await stores().factors.list(personId)).toEqual([totp, passkey]);
      await stores().factors.markUsed(totp.id, { at: 7, step: 6 });
      await stores().factors.markUsed(passkey.id, { at: 8, counter: 2 });
      expect(await stores().factors.list(personId)).toEqual([
        { ...totp, lastStep: 6, lastUsedAt: 7 },
        { ...passkey, counter: 2, lastUsedAt: 8 },
      ]);
      expect(await stores().factors.list(someone())).toEqual([]);
    });

    it('do not take a credential that is somebody’s', async () => {
      const passkey = aPasskey(someone());
      await stores().factors.insert(passkey);
      expect(await stores().factors.insert({ ...passkey, id: randomUUID(), personId: someone() })).toBe(false);
    });

    it('are removed by their owner only, or all at once with the recovery codes', async () => {
      const personId = someone();
      const [first, second] = [aTotp(personId), aPasskey(personId)];
      for (const factor of [first, second]) await stores().factors.insert(factor);
      await stores().factors.replaceRecoveryCodes(personId, ['a']);
      expect(await stores().factors.remove(someone(), first.id)).toBe(false);
      expect(await stores().factors.remove(personId, 'not an id')).toBe(false);
      expect(await stores().factors.remove(personId, first.id)).toBe(true);
      expect(await stores().factors.removeAll(personId)).toBe(1);
      expect(await stores().factors.list(personId)).toEqual([]);
      expect(await stores().factors.recoveryCodesLeft(personId)).toBe(0);
    });

    it('keep in which groups they were set up, each once, also while they wait', async () => {
      const personId = someone();
      await stores().factors.insert(aTotp(personId), { groups: ['slack-group:S1', 'slack-group:S2'] });
      await stores().factors.insert(aPasskey(personId), { vouchUntil: 50, groups: ['slack-group:S2', 'discord-role:3'] });
      await stores().factors.insert(aTotp(personId));
      expect([...(await stores().factors.groupsOf(personId))].sort()).toEqual(['discord-role:3', 'slack-group:S1', 'slack-group:S2']);
      expect(await stores().factors.groupsOf(someone())).toEqual([]);
      await stores().factors.removeAll(personId);
      expect(await stores().factors.groupsOf(personId)).toEqual([]);
    });

    it('count for nothing while they wait for a vouch', async () => {
      const personId = someone();
      const [first, second] = [aTotp(personId), aPasskey(personId)];
      await stores().factors.insert(first, { vouchUntil: 50 });
      await stores().factors.insert(second, { vouchUntil: 60 });
      expect(await stores().factors.list(personId)).toEqual([]);
      expect(await stores().factors.waiting(personId)).toEqual([
        { factor: second, until: 60 },
        { factor: first, until: 50 },
      ]);
      expect(await stores().factors.findWaiting(first.id)).toEqual({ factor: first, until: 50 });
      expect(await stores().factors.findWaiting('not an id')).toBeNull();
      expect(await stores().factors.vouch(first.id, 50)).toBe(false);
      expect(await Promise.all([1, 2].map(() => stores().factors.vouch(second.id, 59)))).toContain(true);
      expect(await stores().factors.vouch(second.id, 59)).toBe(false);
      expect(await stores().factors.findWaiting(second.id)).toBeNull();
      expect(await stores().factors.list(personId)).toEqual([second]);
      await stores().factors.removeWaiting(personId);
      expect(await stores().factors.waiting(personId)).toEqual([]);
      expect(await stores().factors.list(personId)).toEqual([second]);
    });

    it('have recovery codes that one of many gets once', async () => {
      const personId = someone();
      await stores().factors.replaceRecoveryCodes(personId, ['old']);
      await stores().factors.replaceRecoveryCodes(personId, ['a', 'b']);
      expect(await stores().factors.useRecoveryCode(personId, 'old', 1)).toBe(false);
      const used = await Promise.all(Array.from({ length: 20 }, () => stores().factors.useRecoveryCode(personId, 'a', 1)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await stores().factors.isUsedRecoveryCode(personId, 'a')).toBe(true);
      expect(await stores().factors.isUsedRecoveryCode(personId, 'b')).toBe(false);
      expect(await stores().factors.useRecoveryCode(someone(), 'b', 1)).toBe(false);
      expect(await stores().factors.recoveryCodesLeft(personId)).toBe(1);
    });
  });

  describe('tries', () => {
    it('begin with none, and are kept', async () => {
      const personId = someone();
      expect(await stores().factors.tries(personId)).toEqual({ failures: 0, lockedUntil: null, locks: 0 });
      const { database } = views();
      await database.transact(async ({ factors }) => {
        expect(await factors.lock(personId)).toEqual({ failures: 0, lockedUntil: null, locks: 0 });
        await factors.saveTries(personId, { failures: 2, lockedUntil: 99, locks: 3 });
      });
      expect(await stores().factors.tries(personId)).toEqual({ failures: 2, lockedUntil: 99, locks: 3 });
    });

    it('are counted one after another, from whichever process they come', async () => {
      const personId = someone();
      const { database, other } = views();
      const count = (view: typeof database) =>
        view.transact(async ({ factors }) => {
          const tries = await factors.lock(personId);
          await factors.saveTries(personId, { ...tries, failures: tries.failures + 1 });
        });
      await Promise.all(Array.from({ length: 50 }, (_, index) => count(index % 2 === 0 ? database : other)));
      expect((await stores().factors.tries(personId)).failures).toBe(50);
    });
  });

  describe('links', () => {
    const aLink = (members: Partial<FactorLink> = {}): FactorLink => ({
      id: randomUUID(),
      tokenHash: randomUUID(),
      personId: someone(),
      personName: 'Ada',
      platform: 'slack',
      about: { kind: 'enrolment' },
      nonce: 'n',
      boundTo: null,
      pending: null,
      expiresAt: 1000,
      usedAt: null,
      confirmedAt: null,
      wrongTries: 0,
      ...members,
    });

    it('are found by what was given out, and bound to the first browser for good', async () => {
      const link = aLink();
      await stores().factorLinks.save(link);
      expect(await stores().factorLinks.find(link.tokenHash)).toEqual(link);
      expect(await stores().factorLinks.find('another')).toBeNull();
      const bound = await Promise.all(['a', 'b', 'a', 'b'].map((browser) => stores().factorLinks.bind(link.id, browser)));
      expect(bound.filter(Boolean)).toHaveLength(2);
      const first = (await stores().factorLinks.find(link.tokenHash))?.boundTo ?? '';
      expect(await stores().factorLinks.bind(link.id, first)).toBe(true);
      expect(await stores().factorLinks.bind(link.id, 'c')).toBe(false);
    });

    it('are used by one of many, and forget what waited on them', async () => {
      const link = aLink();
      await stores().factorLinks.save(link);
      await stores().factorLinks.savePending(link.id, new Uint8Array([4]));
      expect((await stores().factorLinks.lock(link.id))?.pending).toEqual(new Uint8Array([4]));
      const used = await Promise.all(Array.from({ length: 10 }, () => stores().factorLinks.use(link.id, 3)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await stores().factorLinks.lock(link.id)).toEqual({ ...link, usedAt: 3 });
      expect(await stores().factorLinks.lock('not an id')).toBeNull();
    });

    it('wait for a number once a browser began, and count wrong ones', async () => {
      const link = aLink();
      await stores().factorLinks.save(link);
      const waits = async () => (await stores().factorLinks.lockUnconfirmed(link.personId, 999))?.id ?? null;
      expect(await waits()).toBeNull();
      await stores().factorLinks.bind(link.id, 'a');
      expect(await waits()).toBe(link.id);
      expect(await stores().factorLinks.lockUnconfirmed(link.personId, link.expiresAt)).toBeNull();
      expect(await stores().factorLinks.lockUnconfirmed(someone(), 999)).toBeNull();
      const counted = await Promise.all([1, 2, 3].map(() => stores().factorLinks.countWrong(link.id)));
      expect(counted.toSorted()).toEqual([1, 2, 3]);
      await stores().factorLinks.confirm(link.id, 7);
      expect(await waits()).toBeNull();
      expect(await stores().factorLinks.find(link.tokenHash)).toEqual({ ...link, boundTo: 'a', confirmedAt: 7, wrongTries: 3 });
    });

    it('to set a factor up end with the next one, and all of a person’s at once', async () => {
      const personId = someone();
      const first = aLink({ personId });
      const second = aLink({ personId, expiresAt: 2000 });
      const confirmation = { purpose: 'approve', subject: 's', hash: 'h', summary: ['a'], values: { x: 1 } } as const;
      const asked = [1, 2].map(() => aLink({ personId, about: { kind: 'confirmation', confirmation, speaker: {} } }));
      for (const link of [first, ...asked, second]) await stores().factorLinks.save(link);
      const open = async (links: readonly FactorLink[]) => {
        const found = await Promise.all(links.map((link) => stores().factorLinks.find(link.tokenHash)));
        return found.map((link) => link?.usedAt === null);
      };
      expect(await open([first, second, ...asked])).toEqual([false, true, true, true]);
      expect(await stores().factorLinks.find(asked[0]?.tokenHash ?? '')).toEqual(asked[0]);
      await stores().factorLinks.endAll(personId, 5);
      expect(await open([first, second, ...asked])).toEqual([false, false, false, false]);
    });
  });

  describe('tokens that wait for a factor', () => {
    it('are kept whole, proven and used, and go a day after their end', async () => {
      const scope = { apps: ['shop'], environments: ['production'], permissions: ['view'] } as const;
      const wish = {
        id: someone(),
        personId: someone(),
        wish: { name: 'ci', scope, forMs: 5 },
        expiresAt: 1_000,
        provenAt: null,
        usedAt: null,
      };
      await stores().tokenWishes.save(wish);
      expect(await stores().tokenWishes.lock(wish.id)).toEqual(wish);
      expect(await stores().tokenWishes.lock(someone())).toBeNull();
      await stores().tokenWishes.markProven(wish.id, 7, 2_000);
      await stores().tokenWishes.markUsed(wish.id, 8);
      expect(await stores().tokenWishes.lock(wish.id)).toEqual({ ...wish, expiresAt: 2_000, provenAt: 7, usedAt: 8 });
      const later = { ...wish, id: someone(), expiresAt: 2_000 + 24 * 3_600_000 };
      await stores().tokenWishes.save(later);
      expect(await stores().tokenWishes.lock(wish.id)).not.toBeNull();
      await stores().tokenWishes.save({ ...later, id: someone(), expiresAt: later.expiresAt + 1 });
      expect(await stores().tokenWishes.lock(wish.id)).toBeNull();
    });
  });

  describe('resets', () => {
    it('wait for a second admin, and are done once', async () => {
      const askedBy = { id: 'bo', name: 'Bo', groups: ['slack-group:S1'] };
      const reset = { id: someone(), personId: someone(), askedBy, askedAt: 2, expiresAt: 5, doneAt: null };
      await stores().factorResets.insert(reset);
      expect(await stores().factorResets.lockOpen(reset.personId, 4)).toEqual(reset);
      expect(await stores().factorResets.lockOpen(reset.personId, 5)).toBeNull();
      expect(await stores().factorResets.lockOpen(someone(), 4)).toBeNull();
      await stores().factorResets.markDone(reset.id, 4);
      expect(await stores().factorResets.lockOpen(reset.personId, 4)).toBeNull();
    });
  });
}
