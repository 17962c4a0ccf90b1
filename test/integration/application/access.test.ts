import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { type ChangeRequest, changeAccess } from '../../../src/application/access/change-access.ts';
import { decideAccessChange } from '../../../src/application/access/decide-change.ts';
import { showAccess } from '../../../src/application/access/show-access.ts';
import { authorize } from '../../../src/application/authorize.ts';
import { confirm } from '../../../src/application/confirmations.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { hashToken } from '../../../src/application/second-factor/tokens.ts';
import { LiveAccess } from '../../../src/cli/live-access.ts';
import { isFactorRequest, type Proof } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Passkeys } from '../../../src/ports/passkeys.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { only } from '../../support/builders-parts.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { anApp as anAuthenticator, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** Roles given in chat, on the real database and with real codes. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const HOUR = 3_600_000;
const NAMES = ['olga', 'bob', 'carl', 'dana', 'vera'] as const;
type Name = (typeof NAMES)[number];
type Owners = readonly string[];

/** An app of its own with people of its own, each with an authenticator app. */
async function setUp(owner: readonly Name[] = ['olga', 'bob', 'carl'], groups: Owners = []) {
  const suffix = randomUUID().slice(0, 8);
  const idOf = (name: Name): string => `${name}-${suffix}`;
  const app = `shop-${suffix}`;
  const person = (name: Name): Person => ({ id: idOf(name), name: name.charAt(0).toUpperCase() + name.slice(1) });
  const roles = { owner: [...owner.map(idOf), ...groups], admin: [], developer: [idOf('dana')], viewer: [idOf('vera')], incident: [] };
  const people = (names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [idOf(name), { ...person(name), identities: { slack: `T1/${name}${suffix}` } }]));
  const state = { workspace: aWorkspace({ people: people(NAMES), apps: { [app]: anApp(app, { roles }) } }) };
  const { parts, clock, watched } = factorParts(test, { workspace: () => state.workspace });
  const devices = Object.fromEntries(
    await Promise.all(NAMES.map(async (name) => [name, await anAuthenticator(test, person(name))] as const)),
  );

  /** A code that was never used: each time step has one. */
  async function code(name: Name): Promise<Proof> {
    await clock.advance(30_000);
    return { by: 'code', code: devices[name]?.codeAt(clock.now()) ?? '' };
  }
  const change = async (name: Name, members: Partial<ChangeRequest>, proof?: Proof | null) =>
    changeAccess(parts, {
      person: person(name),
      app,
      target: idOf('vera'),
      role: 'developer',
      change: 'grant',
      forMs: null,
      source: 'test:ops',
      ...members,
      proof: proof === undefined ? await code(name) : proof,
    });
  const decide = async (name: Name, id: string, decision: 'agree' | 'refuse' = 'agree', proof?: Proof | null) =>
    decideAccessChange(parts, {
      person: person(name),
      change: id,
      decision,
      proof: proof === undefined && decision === 'agree' ? await code(name) : (proof ?? null),
      source: 'test:ops',
    });
  /** Asked for, and its id. */
  async function asks(name: Name, members: Partial<ChangeRequest>): Promise<string> {
    const answer = await change(name, members);
    if (isRefusal(answer) || isFactorRequest(answer) || answer.outcome !== 'asked') throw new Error(JSON.stringify(answer));
    return answer.id;
  }
  const held = async (): Promise<readonly string[]> =>
    (await test.database.stores.access.grants(clock.now()))
      .filter((grant) => grant.app === app)
      .map(({ personId, role }) => `${personId.split('-')[0]} ${role}`)
      .sort();
  const audited = async () => (await test.database.stores.audit.list({ subject: app, limit: 50 })).toReversed();
  return { app, idOf, person, people, state, parts, clock, watched, code, change, decide, asks, held, audited };
}

describe('a role given in chat', () => {
  it('is asked to be confirmed, then given with who, what, until and factor on record, and told', async () => {
    const { change, held, audited, idOf, clock, watched, app } = await setUp();
    const asked = await change('olga', { forMs: 8 * HOUR }, null);
    expect(asked).toMatchObject({ factorRequest: { summary: [`Make Vera developer of ${app}`, 'For 480 minutes'] } });
    expect(await held()).toEqual([]);
    expect(await change('olga', { forMs: 8 * HOUR })).toMatchObject({ outcome: 'done', name: 'Vera' });
    expect(await held()).toEqual(['vera developer']);
    const until = clock.now() + 8 * HOUR;
    expect(await audited()).toMatchObject([
      {
        action: 'access.grant',
        actor: idOf('olga'),
        result: 'done',
        details: { person: idOf('vera'), role: 'developer', until, factor: 'totp' },
      },
    ]);
    const told = watched.told.map(({ personId, notice }) => [personId, notice.title]);
    expect(told).toContainEqual([idOf('vera'), `You are developer of ${app} now`]);
    expect(told).toContainEqual([idOf('bob'), `Vera is developer of ${app} now`]);
    expect(told.map(([id]) => id)).not.toContain(idOf('olga'));
  });

  it('is given by nobody but an owner, and not without their factor; each no is on record', async () => {
    const { change, held, audited, idOf } = await setUp();
    expect(await change('dana', {})).toMatchObject({ refused: 'not_allowed' });
    expect(await change('olga', {}, { by: 'code', code: '000000' })).toMatchObject({ refused: 'wrong_code' });
    expect(await held()).toEqual([]);
    expect(await audited()).toMatchObject([
      { action: 'access.grant', result: 'refused', details: { why: 'not_allowed', person: idOf('vera'), role: 'developer' } },
    ]);
    const [wrong] = await test.database.stores.audit.list({ actor: idOf('olga'), limit: 1 });
    expect(wrong).toMatchObject({ result: 'refused', details: { purpose: 'role_change' } });
  });

  it('goes to people of shipmate.yml alone, and is taken away here only when it was given here', async () => {
    const { change, held, idOf } = await setUp();
    expect(await change('olga', { target: 'vear' })).toMatchObject({ refused: 'unknown_person' });
    expect(await change('olga', { target: 'slack:T1/U1' })).toMatchObject({ refused: 'unknown_person' });
    expect(await change('olga', { target: idOf('dana') })).toMatchObject({ refused: 'already_done' });
    expect(await change('olga', { target: idOf('dana'), change: 'revoke' })).toMatchObject({
      refused: 'not_allowed',
      hint: expect.stringContaining('shipmate.yml'),
    });
    expect(await change('olga', { target: idOf('dana'), change: 'revoke', role: 'admin' })).toMatchObject({ refused: 'already_done' });
    await change('olga', {});
    expect(await change('olga', {})).toMatchObject({ refused: 'already_done' });
    expect(await change('bob', { forMs: HOUR })).toMatchObject({ outcome: 'done' });
    expect(await change('bob', { change: 'revoke' })).toMatchObject({ outcome: 'done' });
    expect(await held()).toEqual([]);
  });

  it('of somebody who left counts for nothing, is shown as such, and can be taken away', async () => {
    const { change, state, people, parts, app, person, idOf, held } = await setUp();
    await change('olga', {});
    state.workspace = { ...state.workspace, people: people(['olga', 'bob', 'carl', 'dana']) };
    expect(await showAccess(parts, { person: person('olga'), app })).toMatchObject({
      void: [{ personId: idOf('vera'), role: 'developer' }],
    });
    expect(await change('olga', { change: 'revoke' })).toMatchObject({ outcome: 'done' });
    expect(await held()).toEqual([]);
  });
});

describe('the role of an owner, and a role of one’s own', () => {
  it.each([
    ['another one becomes owner', { role: 'owner' }],
    ['one’s own role', { target: 'olga', role: 'incident' }],
  ] as const)('wait for another owner: %s', async (_, wish) => {
    const { asks, held, decide, idOf, watched, audited } = await setUp();
    const target = 'target' in wish ? idOf(wish.target) : idOf('vera');
    const id = await asks('olga', { role: wish.role, target });
    expect(await held()).toEqual([]);
    const offered = watched.told.filter(({ notice }) => notice.offers?.some(({ verb }) => verb === 'access-agree'));
    expect(offered.map(({ personId }) => personId).sort()).toEqual([idOf('bob'), idOf('carl')]);
    expect(await decide('olga', id)).toMatchObject({ refused: 'own_request' });
    expect(await decide('dana', id)).toMatchObject({ refused: 'not_an_approver' });
    expect(await decide('bob', id, 'agree', null)).toMatchObject({ factorRequest: {} });
    expect(await decide('bob', id, 'agree', { by: 'code', code: '000000' })).toMatchObject({ refused: 'wrong_code' });
    expect(await held()).toEqual([]);
    expect(await decide('bob', id)).toMatchObject({ outcome: 'done' });
    expect(await held()).toHaveLength(1);
    expect(await decide('carl', id)).toMatchObject({ refused: 'request_over' });
    const done = (await audited()).filter(({ result }) => result === 'done');
    expect(done).toMatchObject([
      { action: 'access.ask', actor: idOf('olga'), details: { factor: 'totp' } },
      { action: 'access.grant', actor: idOf('bob'), details: { askedBy: idOf('olga'), request: id, factor: 'totp' } },
    ]);
  });

  it('are not decided by whom it is about, while there is another owner', async () => {
    const { asks, decide, held, idOf, change } = await setUp(['olga', 'bob']);
    await decide('bob', await asks('olga', { target: idOf('carl'), role: 'owner' }));
    expect(await held()).toEqual(['carl owner']);
    const id = await asks('olga', { target: idOf('carl'), role: 'owner', change: 'revoke' });
    expect(await decide('carl', id)).toMatchObject({ refused: 'own_request' });
    expect(await decide('carl', id, 'refuse')).toMatchObject({ refused: 'own_request' });
    expect(await change('bob', { target: idOf('carl'), role: 'owner', change: 'revoke' })).toMatchObject({ refused: 'already_done' });
    expect(await decide('bob', id)).toMatchObject({ outcome: 'done' });
    expect(await held()).toEqual([]);
  });

  it('with two owners are decided by the one who loses the role; with one by nobody', async () => {
    const { asks, decide, held, idOf, state, app, change } = await setUp(['olga', 'bob']);
    await decide('bob', await asks('olga', { target: idOf('carl'), role: 'owner' }));
    const shop = anApp(app, { roles: { owner: [idOf('olga')], admin: [], developer: [], viewer: [], incident: [] } });
    state.workspace = { ...state.workspace, apps: { [app]: shop } };
    const id = await asks('olga', { target: idOf('carl'), role: 'owner', change: 'revoke' });
    expect(await decide('carl', id)).toMatchObject({ outcome: 'done' });
    expect(await held()).toEqual([]);
    expect(await change('olga', { role: 'owner' })).toMatchObject({ refused: 'no_approvers' });
    expect(await change('olga', { target: idOf('olga'), role: 'incident' })).toMatchObject({ refused: 'no_approvers' });
  });

  it('are void when who asked is no owner any more, and over after a day or when taken back', async () => {
    const { asks, decide, held, idOf, clock, state, app } = await setUp();
    const late = await asks('olga', { role: 'owner' });
    await clock.advance(24 * HOUR);
    expect(await decide('bob', late)).toMatchObject({ refused: 'request_over' });
    const short = await asks('olga', { role: 'owner', forMs: HOUR });
    await clock.advance(HOUR);
    expect(await decide('bob', short)).toMatchObject({ refused: 'request_over', message: expect.stringContaining('time for which') });
    await decide('olga', short, 'refuse');
    const back = await asks('olga', { role: 'owner' });
    expect(await decide('olga', back, 'refuse')).toMatchObject({ outcome: 'withdrawn' });
    expect(await decide('bob', back)).toMatchObject({ refused: 'request_over' });
    const no = await asks('olga', { role: 'owner' });
    expect(await decide('dana', no, 'refuse')).toMatchObject({ refused: 'not_an_approver' });
    expect(await decide('bob', no, 'refuse')).toMatchObject({ outcome: 'refused' });
    const last = await asks('olga', { role: 'owner' });
    const roles = { owner: [idOf('bob'), idOf('carl')], admin: [], developer: [], viewer: [], incident: [] };
    state.workspace = { ...state.workspace, apps: { [app]: anApp(app, { roles }) } };
    expect(await decide('bob', last)).toMatchObject({ refused: 'request_over', message: expect.stringContaining('void') });
    expect(await held()).toEqual([]);
  });

  it.each(['agree', 'refuse'] as const)('have one outcome when two owners answer at once, one of them with “%s”', async (decision) => {
    const { asks, decide, code, held, audited } = await setUp();
    const id = await asks('olga', { role: 'owner' });
    const [bob, carl] = [await code('bob'), await code('carl')];
    const answers = await Promise.all([decide('bob', id, 'agree', bob), decide('carl', id, decision, carl)]);
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'request_over')).toHaveLength(1);
    const isGiven = answers.some((answer) => 'outcome' in answer && answer.outcome === 'done');
    expect(await held()).toEqual(isGiven ? ['vera owner'] : []);
    const decided = (await audited()).filter(({ action, result }) => result === 'done' && action !== 'access.ask');
    expect(decided).toHaveLength(1);
  });
});

describe('an app', () => {
  it('is never left without a lasting owner, however many go at once', async () => {
    const { asks, decide, code, held, idOf, state, app, change } = await setUp(['olga']);
    const { access } = test.database.stores;
    const grantedBy = { id: idOf('olga'), name: 'Olga' };
    for (const name of ['bob', 'carl'] as const) {
      await access.grant({ app, personId: idOf(name), role: 'owner', grantedBy, grantedAt: 0, expiresAt: null });
    }
    const roles = { owner: [], admin: [], developer: [], viewer: [], incident: [] };
    state.workspace = { ...state.workspace, apps: { [app]: anApp(app, { roles }) } };
    const wish = { role: 'owner', change: 'revoke' } as const;
    const first = await asks('bob', { ...wish, target: idOf('carl') });
    const second = await asks('carl', { ...wish, target: idOf('bob') });
    const [bob, carl] = [await code('bob'), await code('carl')];
    const answers = await Promise.all([decide('carl', first, 'agree', carl), decide('bob', second, 'agree', bob)]);
    expect(answers.filter(isRefusal)).toHaveLength(1);
    expect(await held()).toHaveLength(1);
    const last = (await held()).includes('bob owner') ? 'bob' : 'carl';
    expect(await change(last, { ...wish, target: idOf(last) })).toMatchObject({
      refused: 'not_allowed',
      message: expect.stringContaining('without an owner'),
    });
    expect(await change(last, { role: 'owner', target: idOf(last), forMs: HOUR })).toMatchObject({ refused: 'not_allowed' });
  });

  it('shows who has which role and from where, and what waits, to whoever may see it', async () => {
    const { change, asks, parts, person, app, idOf } = await setUp(['olga', 'bob']);
    await change('olga', { role: 'incident', forMs: HOUR });
    const id = await asks('olga', { role: 'owner', target: idOf('dana') });
    const shown = await showAccess(parts, { person: person('bob'), app });
    expect(shown).toMatchObject({
      mayChange: true,
      open: [{ change: { id }, name: 'Dana', mayAgree: true, isMine: false, seconds: { people: [{ id: idOf('bob') }] } }],
    });
    if (isRefusal(shown)) throw new Error(shown.message);
    const incident = shown.roles.find(({ role }) => role === 'incident');
    expect(incident?.members).toMatchObject([{ name: 'Vera', origin: { from: 'chat', by: { name: 'Olga' }, until: expect.any(Number) } }]);
    expect(await showAccess(parts, { person: person('vera'), app })).toMatchObject({ mayChange: false, open: [{ mayAgree: false }] });
    expect(await showAccess(parts, { person: { id: 'mallory', name: 'M' }, app })).toMatchObject({ refused: 'unknown_app' });
  });
});

describe('who asks as a member of a group', () => {
  const group = 'slack-group:S0OWN';
  /** Dana, an owner by group, asked to make Vera one, an hour ago; `said` is what Slack says of her since. */
  async function asked() {
    const opened = await setUp(['bob'], [group]);
    const { change, person, idOf, clock, parts } = opened;
    const answer = await change('dana', { person: { ...person('dana'), groups: [group] }, role: 'owner' });
    if (isRefusal(answer) || isFactorRequest(answer) || answer.outcome !== 'asked') throw new Error(JSON.stringify(answer));
    await clock.advance(HOUR);
    const [account = ''] = Object.values(parts.workspace().people[idOf('dana')]?.identities ?? {});
    const said = (groups: readonly string[]) =>
      test.database.stores.memberships.save({ platform: 'slack', account, groups, readAt: clock.now() });
    return { ...opened, id: answer.id, said };
  }

  it('has asked while they are in it', async () => {
    const { decide, said, id, held } = await asked();
    await said([group]);
    expect(await decide('bob', id)).toMatchObject({ outcome: 'done' });
    expect(await held()).toEqual(['vera owner']);
  });

  it('has asked for nothing when they left it', async () => {
    const { decide, said, id, held } = await asked();
    await said([]);
    expect(await decide('bob', id)).toMatchObject({ refused: 'request_over', message: expect.stringContaining('void') });
    await said([group]);
    expect(await decide('bob', id)).toMatchObject({ refused: 'request_over' });
    expect(await held()).toEqual([]);
  });

  it('makes the others wait while nobody can tell', async () => {
    const { decide, said, id, held } = await asked();
    expect(await decide('bob', id)).toMatchObject({ refused: 'unavailable', message: expect.stringContaining('Dana') });
    expect(await held()).toEqual([]);
    await said([group]);
    expect(await decide('bob', id)).toMatchObject({ outcome: 'done' });
  });
});

describe('who speaks only as a member of a group', () => {
  it('gives no role to who may be themselves without another owner', async () => {
    const { parts, app, idOf, code } = await setUp(['bob'], ['discord-role:9']);
    const stranger = { id: 'discord:1', name: 'S', groups: ['discord-role:9'], account: { platform: 'discord', id: '1', name: 'S' } };
    await anAuthenticator(test, stranger);
    const wish = { person: stranger, app, target: idOf('vera'), role: 'admin', change: 'grant', forMs: null, source: 'test:ops' } as const;
    // Vera has no account on Discord, so this may be hers.
    expect(await changeAccess(parts, { ...wish, proof: null })).toMatchObject({
      factorRequest: { summary: [expect.stringContaining('Ask another owner')] },
    });
    await code('bob');
  });
});

describe('in force', () => {
  it('in another process right after the commit, ends by itself and is gone right after it was taken away', async () => {
    const { app, person, idOf, state, change } = await setUp();
    const other = test.another();
    const access = await LiveAccess.open({ database: other, workspace: () => state.workspace, clock: systemClock, logger: silentLogger });
    const may = () => {
      const asked = { person: person('vera'), app, environment: 'staging', permission: 'deploy', changes: true } as const;
      return !isRefusal(authorize(access.current, asked));
    };
    // Sooner than it would look by itself.
    const atOnce = { timeout: 2500, interval: 10 };
    expect(may()).toBe(false);
    await change('olga', {});
    await expect.poll(may, atOnce).toBe(true);
    await change('bob', { change: 'revoke' });
    await expect.poll(may, atOnce).toBe(false);

    const end = Date.now() + 3000;
    const grant = { app, personId: idOf('vera'), role: 'developer', grantedBy: person('olga'), grantedAt: 0, expiresAt: end } as const;
    await test.database.stores.access.grant(grant);
    await test.database.notify(test.database.stores, 'access', app);
    await expect.poll(may, { timeout: 2900, interval: 10 }).toBe(true);
    await expect.poll(may, { timeout: 5000, interval: 10 }).toBe(false);
    expect(Date.now()).toBeGreaterThanOrEqual(end);
    await access.close();
  });
});

describe('confirmed with a passkey', () => {
  /** Accepts what was “signed”. */
  const trusting = only<Passkeys>('passkeys', {
    verify: async ({ response, passkeys: [passkey] }) => (response === 'signed' && passkey !== undefined ? { passkey, counter: 1 } : null),
  });

  async function confirmed(parts: Parts, person: Person, answer: unknown, response = 'signed', bend: JsonObject = {}) {
    const url = isFactorRequest(answer) ? (answer.factorRequest.url ?? '') : '';
    const link = await test.database.stores.factorLinks.find(hashToken(url.split('/').at(-1) ?? ''));
    if (link?.about.kind !== 'confirmation') throw new Error(`no page: ${JSON.stringify(answer)}`);
    const { confirmation } = link.about;
    const proof = { by: 'passkey', confirmationId: link.id, response } as const;
    const act = { confirmation: { ...confirmation, values: { ...confirmation.values, ...bend } }, person, proof, source: 'test:confirm' };
    return confirm(parts, act);
  }

  it('a change and the agreement to it are what was read on the page, once', async () => {
    const lab = await setUp();
    const parts = { ...lab.parts, passkeys: trusting };
    for (const name of ['olga', 'bob'] as const) await givePasskey(lab.person(name));
    const [olga, bob] = [lab.person('olga'), lab.person('bob')];
    const wish = {
      person: olga,
      app: lab.app,
      target: lab.idOf('vera'),
      change: 'grant',
      forMs: null,
      proof: null,
      source: 'test:ops',
    } as const;

    const asked = await changeAccess(parts, { ...wish, role: 'developer' });
    expect(await confirmed(parts, olga, asked, 'forged')).toMatchObject({ refused: 'wrong_code' });
    expect(await confirmed(parts, olga, asked, 'signed', { role: 'admin' })).toMatchObject({ refused: 'link_over' });
    expect(await confirmed(parts, olga, asked, 'signed', { target: lab.idOf('dana'), role: 'admin' })).toMatchObject({
      refused: 'link_over',
    });
    expect(await lab.held()).toEqual([]);
    expect(await confirmed(parts, olga, asked)).toEqual({ title: 'Done', detail: `Vera is developer of ${lab.app} now.` });
    expect(await confirmed(parts, olga, asked)).toHaveProperty('refused');
    expect(await lab.held()).toEqual(['vera developer']);

    const owner = await changeAccess(parts, { ...wish, role: 'owner' });
    expect(await confirmed(parts, olga, owner)).toMatchObject({ title: 'Asked' });
    const [open] = await test.database.stores.access.openChanges(lab.app, lab.clock.now());
    const decision = { person: bob, change: open?.id ?? '', decision: 'agree', proof: null, source: 'test:ops' } as const;
    expect(await confirmed(parts, bob, await decideAccessChange(parts, decision))).toMatchObject({ title: 'Done' });
    expect(await lab.held()).toEqual(['vera developer', 'vera owner']);
    const factors = (await lab.audited()).filter(({ result }) => result === 'done').map(({ details }) => details['factor']);
    expect(factors).toEqual(['passkey', 'passkey', 'passkey']);
  });

  async function givePasskey({ id: personId }: Person): Promise<void> {
    const key = { name: 'Passkey', credentialId: randomUUID(), publicKey: new Uint8Array(8), counter: 0, transports: [] };
    await test.database.stores.factors.insert({ kind: 'passkey', id: randomUUID(), personId, createdAt: 0, lastUsedAt: null, ...key });
  }
});
