import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMemberships } from '../../../src/application/memberships/tend-memberships.ts';
import type { Memberships } from '../../../src/ports/memberships.ts';
import { store } from '../../contract/database-fixtures.ts';
import { aWorkspace } from '../../support/builders.ts';
import { someParts } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('asks each platform about every account of whoever spoke as a member of a group, and keeps what it says', async () => {
  const { database } = test;
  const people = { ada: { id: 'ada', name: 'Ada', identities: { slack: 'T1/UADA', discord: '1180000000000000001' } } };
  const parts = someParts({
    database,
    workspace: () => aWorkspace({ people, groups: { security: ['slack-group:S0SEC', 'discord-role:1180000000000000009'] } }),
  });
  await store(database, { state: 'queued', requester: { id: 'ada', name: 'Ada' }, requesterGroups: ['slack-group:S0SEC'] });
  await store(database, { state: 'queued', requester: { id: 'slack:T1/UGUEST', name: 'Guest' }, requesterGroups: ['slack-group:S0SEC'] });
  const slack: Record<string, readonly string[] | null> = { 'T1/UADA': ['slack-group:S0SEC'], 'T1/UGUEST': [] };
  const platforms: readonly Memberships[] = [
    { platform: 'slack', groupsOf: async (account) => slack[account] ?? null, membersOf: async () => ['T1/UADA', 'T1/UGUEST'] },
    { platform: 'discord', groupsOf: async () => null, membersOf: async () => null },
  ];
  const accounts = ['T1/UADA', 'T1/UGUEST'].map((account) => ({ platform: 'slack', account }));
  const kept = async () =>
    (await database.stores.memberships.of([...accounts, { platform: 'discord', account: '1180000000000000001' }]))
      .map(({ account, groups }) => [account, ...groups])
      .sort();

  await readMemberships(parts, platforms);
  expect(await kept()).toEqual([['T1/UADA', 'slack-group:S0SEC'], ['T1/UGUEST']]);

  expect(await database.stores.memberships.membersOf(['slack-group:S0SEC', 'discord-role:1180000000000000009'])).toEqual([
    'ada',
    'slack:T1/UGUEST',
  ]);

  // A platform that does not say leaves what it said before.
  slack['T1/UADA'] = null;
  slack['T1/UGUEST'] = ['slack-group:S0SEC'];
  await readMemberships(parts, platforms);
  expect(await kept()).toEqual([
    ['T1/UADA', 'slack-group:S0SEC'],
    ['T1/UGUEST', 'slack-group:S0SEC'],
  ]);
});

it('leaves nobody out, however many wait', async () => {
  const { database } = test;
  const parts = someParts({ database, workspace: () => aWorkspace() });
  const accounts = Array.from({ length: 101 }, (_, index) => `T9/U${String(index).padStart(3, '0')}`);
  const requesterGroups = ['slack-group:S0MANY'];
  await Promise.all(
    accounts.map((account) => store(database, { state: 'queued', requester: { id: `slack:${account}`, name: account }, requesterGroups })),
  );
  const asked: string[] = [];
  const groupsOf = async (account: string) => {
    asked.push(account);
    return null;
  };
  await readMemberships(parts, [{ platform: 'slack', groupsOf, membersOf: async () => null }]);
  expect(asked.filter((account) => account.startsWith('T9/'))).toEqual(accounts);
});
