import { describe, expect, it } from 'vitest';
import {
  agreedNow,
  belongsTo,
  eligibleFor,
  hasPlatformGroup,
  partyOf,
  peopleBehind,
} from '../../../src/application/approvals/approvers.ts';
import type { Vote } from '../../../src/domain/approval.ts';
import { MEMBERSHIP_FRESH_MS, type MembershipReading } from '../../../src/domain/membership.ts';
import type { Stores } from '../../../src/ports/database.ts';
import type { IdentityStore } from '../../../src/ports/identity-store.ts';
import type { MembershipStore } from '../../../src/ports/membership-store.ts';
import { anApprovalRequest } from '../../support/approvals/an-approval-request.ts';
import { policyOf } from '../../support/approvals/cast.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { only } from '../../support/builders-parts.ts';

const GROUP = 'slack-group:S0SEC';
const shop = anApp('shop', { roles: { owner: ['olga'], admin: [GROUP], developer: ['dana'], viewer: [], incident: [] } });
const people = {
  olga: { id: 'olga', name: 'Olga', identities: { slack: 'T1/U1' } },
  dana: { id: 'dana', name: 'Dana', identities: { slack: 'T1/U2' } },
  sara: { id: 'sara', name: 'Sara', identities: {} },
};
const workspace = aWorkspace({ apps: { shop }, people, groups: { security: ['sara', 'olga'], ops: [GROUP] } });
const someone = (id: string, groups: readonly string[] = []) => ({ id, name: id, groups });

type Past = Readonly<Record<string, readonly { platform: string; account: string }[]>>;

/** Linked by `/link`: account by person. */
function stores(linked: Readonly<Record<string, string>> = {}, readings: readonly MembershipReading[] = [], past: Past = {}): Stores {
  const accountsOf = async (personId: string) => {
    const account = linked[personId];
    return account === undefined ? [] : [{ platform: 'slack', account, name: account, linkedAt: 0 }];
  };
  const of: MembershipStore['of'] = async (accounts) =>
    readings.filter((reading) => accounts.some(({ platform, account }) => platform === reading.platform && account === reading.account));
  return only<Stores>('stores', {
    identities: only<IdentityStore>('identities', { accountsOf, pastAccountsOf: async (personId) => past[personId] ?? [] }),
    memberships: only<MembershipStore>('memberships', { of }),
  });
}

describe('who belongs to what a rule names', () => {
  it.each([
    ['owner', someone('olga'), true],
    ['owner', someone('dana'), false],
    ['admin', someone('slack:T1/U9', [GROUP]), true],
    ['admin', someone('slack:T1/U9'), false],
    ['security', someone('sara'), true],
    ['security', someone('dana'), false],
    ['ops', someone('slack:T1/U9', [GROUP]), true],
    [GROUP, someone('slack:T1/U9', [GROUP]), true],
    [GROUP, someone('slack:T1/U9', ['slack-group:S0OTHER']), false],
    ['dana', someone('dana'), true],
    ['nobody-known', someone('dana'), false],
    ['constructor', someone('dana'), false],
    ['toString', someone('toString-is-no-group'), false],
  ])('%s: %o is %s', (name, person, expected) => {
    expect(belongsTo(workspace, shop, name, person)).toBe(expected);
  });

  it('is asked for each rule by itself', () => {
    const rules = [
      { count: 1, from: ['owner', 'admin'] },
      { count: 2, from: ['security'] },
    ];
    expect(eligibleFor(workspace, shop, rules, someone('olga'))).toEqual([0, 1]);
    expect(eligibleFor(workspace, shop, rules, someone('sara'))).toEqual([1]);
    expect(eligibleFor(workspace, shop, rules, someone('dana', [GROUP]))).toEqual([0]);
    expect(eligibleFor(workspace, shop, rules, someone('dana'))).toEqual([]);
  });

  it('names the people of the file, and says when there may be others', () => {
    expect(peopleBehind(workspace, shop, ['owner', 'security']).map(({ id }) => id)).toEqual(['olga', 'sara']);
    expect(hasPlatformGroup(workspace, shop, ['owner', 'security'])).toBe(false);
    expect(hasPlatformGroup(workspace, shop, ['admin'])).toBe(true);
    expect(hasPlatformGroup(workspace, shop, ['ops'])).toBe(true);
    expect(hasPlatformGroup(workspace, shop, [GROUP])).toBe(true);
    // A machine or one account is no group of people.
    const withMachine = { ...workspace, groups: { bots: ['token:ci', 'slack:T1/U9'] } };
    expect(hasPlatformGroup(withMachine, shop, ['bots'])).toBe(false);
  });
});

describe('who agreed, as things are now', () => {
  const request = anApprovalRequest({ policy: policyOf([{ count: 2, from: ['owner', 'security', GROUP] }]) });
  const vote = (id: string, members: Partial<Vote> = {}): Vote => ({
    person: { id, name: id },
    decision: 'approve',
    at: 1,
    factor: null,
    reason: null,
    groups: [],
    ...members,
  });
  const counted = async (votes: readonly Vote[], linked = {}, now = workspace) =>
    (await agreedNow(stores(linked), now, request, votes, 1)).map(({ personId, eligibleFor: own }) => [personId, own.length > 0]);

  it('counts those who may, by name or with the groups they spoke with', async () => {
    expect(await counted([vote('olga'), vote('slack:T1/U9', { groups: [GROUP] }), vote('dana')])).toEqual([
      ['olga', true],
      ['slack:T1/U9', true],
      ['dana', false],
    ]);
  });

  it('counts nobody who was taken out of their group since, and nobody of whom it is not known', async () => {
    const guest = vote('slack:T1/U9', { groups: [GROUP] });
    const reading = { platform: 'slack', account: 'T1/U9', groups: [], readAt: 2 };
    expect(await agreedNow(stores({}, [reading]), workspace, request, [guest], 3)).toEqual([{ personId: 'slack:T1/U9', eligibleFor: [] }]);
    expect(await agreedNow(stores(), workspace, request, [guest], 2 + MEMBERSHIP_FRESH_MS)).toEqual([
      { personId: 'slack:T1/U9', eligibleFor: [], isUnknown: true },
    ]);
  });

  it('does not count a no', async () => {
    expect(await counted([vote('olga', { decision: 'reject' })])).toEqual([]);
  });

  it('counts nobody who lost their role since, or whose app is gone', async () => {
    const without = { ...workspace, groups: {}, apps: { shop: { ...shop, roles: { ...shop.roles, owner: [] } } } };
    expect(await counted([vote('olga')], {}, without)).toEqual([['olga', false]]);
    expect(await counted([vote('olga')], {}, { ...workspace, apps: {} })).toEqual([]);
  });

  it('counts an account for nothing once it is the requester’s', async () => {
    const guest = vote('slack:T1/U9', { groups: [GROUP] });
    expect(await counted([guest])).toEqual([['slack:T1/U9', true]]);
    expect(await counted([guest], { dana: 'T1/U9' })).toEqual([['slack:T1/U9', false]]);
  });

  it('counts two accounts once when they are one person’s', async () => {
    const both = [vote('olga'), vote('slack:T1/U9', { groups: [GROUP] })];
    expect(await counted(both, { olga: 'T1/U9' })).toEqual([
      ['olga', true],
      ['slack:T1/U9', false],
    ]);
  });
});

describe('partyOf', () => {
  it('knows all accounts: of the file, by /link, and the one they speak from', async () => {
    const account = { platform: 'discord', id: '1', name: 'olga' };
    expect(await partyOf(stores({ olga: 'T2/U5' }), workspace, { id: 'olga', name: 'Olga', account })).toEqual({
      id: 'olga',
      isListed: true,
      accounts: [
        { platform: 'slack', account: 'T1/U1' },
        { platform: 'slack', account: 'T2/U5' },
        { platform: 'discord', account: '1' },
      ],
    });
    const past = { olga: ['T1/U7', 'T1/U2'].map((one) => ({ platform: 'slack', account: one })) };
    // Once theirs, always theirs; but what the file says to be Dana's is hers.
    expect((await partyOf(stores({}, [], past), workspace, someone('olga'))).accounts).toEqual([
      { platform: 'slack', account: 'T1/U1' },
      { platform: 'slack', account: 'T1/U7' },
    ]);
    expect(await partyOf(stores(), workspace, someone('slack:T1/U9'))).toMatchObject({
      isListed: false,
      accounts: [{ platform: 'slack', account: 'T1/U9' }],
    });
  });
});
