import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../src/domain/subscription.ts';
import type { Views } from './database-views.ts';

/** Whose accounts are whose, and which channels follow what. */
export function describePeople(views: Views): void {
  const stores = () => views().database.stores;
  const unique = () => randomUUID().slice(0, 8);

  describe('identities', () => {
    const anAccount = () => ({ platform: 'slack', account: `T1/U${unique()}`, name: 'Ada L', linkedAt: 5 });

    it('belong to one person, until they are unlinked', async () => {
      const account = anAccount();
      expect(await stores().identities.personOf('slack', account.account)).toBeNull();
      expect(await stores().identities.link({ ...account, personId: 'ada' })).toBe(true);
      expect(await stores().identities.personOf('slack', account.account)).toBe('ada');
      expect(await stores().identities.personOf('discord', account.account)).toBeNull();
      expect(await stores().identities.unlink('slack', account.account)).toBe('ada');
      expect(await stores().identities.unlink('slack', account.account)).toBeNull();
      expect(await stores().identities.pastAccountsOf('ada')).toContainEqual({ platform: 'slack', account: account.account });
      expect(await stores().identities.link({ ...account, personId: 'ada' })).toBe(true);
      expect(await stores().identities.unlink('slack', account.account)).toBe('ada');
      expect(await stores().identities.pastAccountsOf('mallory')).not.toContainEqual({ platform: 'slack', account: account.account });
      expect(await stores().identities.personOf('slack', account.account)).toBeNull();
    });

    it('are not taken from somebody else', async () => {
      const account = anAccount();
      const personId = `p-${unique()}`;
      await stores().identities.link({ ...account, personId });
      expect(await stores().identities.link({ ...account, personId: 'mallory' })).toBe(false);
      expect(await stores().identities.personOf('slack', account.account)).toBe(personId);
      expect(await stores().identities.link({ ...account, name: 'Ada Lovelace', personId })).toBe(true);
      expect(await stores().identities.accountsOf(personId)).toEqual([{ ...account, name: 'Ada Lovelace' }]);
    });

    const aCode = () => {
      const { platform, account, name } = anAccount();
      return { hash: randomUUID(), platform, account, accountName: name, personId: 'ada', expiresAt: 1000 };
    };

    it('are proved by a code that one of many gets once', async () => {
      const code = aCode();
      await stores().identities.saveCode(code);
      const answers = await Promise.all(Array.from({ length: 20 }, () => stores().identities.useCode(code.hash, 999)));
      expect(answers.filter((answer) => answer !== null)).toEqual([code]);
    });

    it('are not proved by a code that is over, or replaced by a newer one', async () => {
      const code = aCode();
      await stores().identities.saveCode(code);
      expect(await stores().identities.useCode(code.hash, 1000)).toBeNull();
      await stores().identities.saveCode(code);
      const newer = { ...code, hash: randomUUID() };
      await stores().identities.saveCode(newer);
      expect(await stores().identities.useCode(code.hash, 1)).toBeNull();
      expect(await stores().identities.useCode(newer.hash, 1)).toEqual(newer);
    });
  });

  describe('subscriptions', () => {
    const aSubscription = (members: Partial<Subscription> = {}): Subscription => ({
      id: randomUUID(),
      place: { platform: 'slack', channel: unique() },
      app: `app-${unique()}`,
      environment: null,
      about: ['failures'],
      createdBy: { id: 'ada', name: 'Ada' },
      createdAt: 1,
      muted: null,
      ...members,
    });

    it('are one per channel, app and environment; a later one replaces what it is about', async () => {
      const first = aSubscription();
      await stores().subscriptions.put(first);
      const production = aSubscription({ ...first, id: randomUUID(), environment: 'production', createdAt: 2 });
      await stores().subscriptions.put(production);
      await stores().subscriptions.put({ ...first, id: randomUUID(), about: ['all', 'approvals'], createdAt: 3 });
      expect(await stores().subscriptions.ofPlace(first.place)).toEqual([
        production,
        { ...first, about: ['all', 'approvals'], createdAt: 3 },
      ]);
      expect(await stores().subscriptions.ofApp(first.app)).toHaveLength(2);
    });

    it('are removed by environment, or all of an app', async () => {
      const all = aSubscription();
      const staging = aSubscription({ ...all, id: randomUUID(), environment: 'staging' });
      for (const each of [all, staging]) await stores().subscriptions.put(each);
      expect(await stores().subscriptions.remove(all.place, all.app, null)).toEqual([all]);
      expect(await stores().subscriptions.ofPlace(all.place)).toEqual([staging]);
      await stores().subscriptions.put(all);
      expect(await stores().subscriptions.remove(all.place, all.app, 'any')).toHaveLength(2);
      expect(await stores().subscriptions.remove(all.place, all.app, 'any')).toEqual([]);
    });

    it('are muted with their channel once, and heard again when they are made anew', async () => {
      const subscription = aSubscription();
      await stores().subscriptions.put(subscription);
      const muted = { ...subscription, muted: { at: 9, because: 'channel_not_found' } };
      expect(await stores().subscriptions.mute(subscription.place, 'channel_not_found', 9)).toEqual([muted]);
      expect(await stores().subscriptions.mute(subscription.place, 'again', 10)).toEqual([]);
      expect(await stores().subscriptions.ofApp(subscription.app)).toEqual([]);
      expect(await stores().subscriptions.ofPlace(subscription.place)).toEqual([muted]);
      await stores().subscriptions.put(subscription);
      expect(await stores().subscriptions.ofApp(subscription.app)).toEqual([subscription]);
    });
  });
}
