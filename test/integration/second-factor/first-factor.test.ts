import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMfaStep } from '../../../commands/mfa-step.ts';
import { addFactor } from '../../../src/application/second-factor/ask-for-page.ts';
import { describeFactors } from '../../../src/application/second-factor/describe-factors.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import { isProven, prove } from '../../../src/application/second-factor/prove.ts';
import { resetFactors } from '../../../src/application/second-factor/reset-factors.ts';
import { findWaitingFactor, vouchForFactor } from '../../../src/application/second-factor/vouch.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { FirstFactor } from '../../../src/domain/factor.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';
import { policyOf } from '../../support/approvals/cast.ts';
import { anEnvironment, anApp as aShop, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aConfirmation, anApp, aPerson, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** Whoever has a chat account sets up the first factor: who is told of it, and where somebody has to vouch for it. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.drop());

const source = 'web:ops';
const DAY = 24 * 3_600_000;
const byCode = (code: string) => ({ by: 'code', code }) as const;

async function setUp(firstFactor: FirstFactor) {
  const [olga, bo, dev, guest] = ['Olga', 'Bo', 'Dev', 'Guest'].map((name) => aPerson(name)) as [Person, Person, Person, Person];
  const people = Object.fromEntries([olga, bo, dev, guest].map((person) => [person.id, { ...person, identities: {} }]));
  const roles = { owner: [olga.id], admin: [bo.id], developer: [dev.id], viewer: [guest.id], incident: [] };
  const environments = {
    staging: anEnvironment('staging'),
    production: anEnvironment('production', { protected: true, deployers: ['owner', 'admin'] }),
  };
  const workspace = { ...aWorkspace({ people, environments, apps: { shop: aShop('shop', { roles }) } }), secondFactor: { firstFactor } };
  return { olga, bo, dev, guest, ...open(workspace, { olga, bo }) };
}

type Asking = { readonly olga: Person; readonly bo: Person };

function open(workspace: Workspace, { olga, bo }: Asking) {
  const opened = factorParts(test, { workspace: () => workspace });
  const { parts, clock, watched } = opened;
  const pages = createFactorPages(parts);
  /** Sets up an app as its page does. */
  const enrol = async (person: Person) => {
    const page = await addFactor(parts, { person, proof: null, source });
    if (!('url' in page)) throw new Error('no page');
    const token = page.url.split('/').at(-1) ?? '';
    const visitor = { personId: person.id, browser: 'b'.repeat(43) };
    const begun = await pages.begin(token, visitor, 'totp');
    if (isRefusal(begun) || begun.kind !== 'totp') throw new Error('not begun');
    const codeAt = (now: number) => generateSync({ secret: begun.secret, epoch: Math.floor(now / 1000) });
    const finished = await pages.finish(token, visitor, { kind: 'totp', code: codeAt(clock.now()) });
    if (isRefusal(finished)) throw new Error(finished.message);
    await clock.advance(30_000);
    return { codeAt, recovery: finished.recoveryCodes ?? [], vouchUntil: finished.vouchUntil };
  };
  const proving = async (person: Person, code: string) => {
    const proven = await parts.database.transact((stores) =>
      prove(parts, stores, { person, proof: byCode(code), confirmation: aConfirmation(), now: clock.now(), source }),
    );
    return isProven(proven) ? 'proven' : isRefusal(proven) ? proven.refused : 'asked';
  };
  const waitingOf = async (person: Person, by = person.id === olga.id ? bo : olga) => {
    const waiting = await findWaitingFactor(parts, { person: by, target: person.id });
    return isRefusal(waiting) ? waiting.refused : waiting.factor;
  };
  const vouch = (person: Person, factor: string, code: string | null) =>
    vouchForFactor(parts, { person, factor, proof: code === null ? null : byCode(code), source });
  const toldTo = ({ id }: Person) => watched.told.filter(({ personId }) => personId === id).map(({ notice }) => notice);
  return { ...opened, enrol, proving, waitingOf, vouch, toldTo };
}

describe('a first factor', () => {
  it('of whoever approves is told to them, and to owners and admins with a way to take it away', async () => {
    const { olga, bo, dev, enrol, proving, toldTo } = await setUp('open');
    const bos = await enrol(bo);
    expect(bos.vouchUntil).toBeNull();
    expect(await proving(bo, bos.recovery[0] ?? '')).toBe('proven');
    expect(toldTo(bo)).toMatchObject([
      { tone: 'warning', lines: [expect.stringContaining('Olga'), expect.stringContaining('/mfa reset')] },
    ]);
    const [told] = toldTo(olga);
    expect(told).toMatchObject({
      title: 'Bo set up their first second factor: Authenticator app',
      offers: [{ verb: 'mfa-step', label: expect.stringContaining('Reset') }],
    });
    expect(parseMfaStep(told?.offers?.[0]?.id ?? '')).toEqual({ what: 'reset', which: bo.id });
    expect(toldTo(dev)).toEqual([]);
  });

  it.each(['Dev', 'Guest'])('of %s, who can do no harm with it, is told to its owner only', async (name) => {
    const { olga, dev, guest, enrol, toldTo } = await setUp('open');
    const person = name === 'Dev' ? dev : guest;
    await enrol(person);
    expect(toldTo(person)).toHaveLength(1);
    expect(toldTo(olga)).toEqual([]);
  });

  it('is told once: a second factor is proved for by the first', async () => {
    const { parts, clock, olga, bo, enrol, toldTo } = await setUp('open');
    const bos = await enrol(bo);
    const proof = byCode(bos.codeAt(clock.now()));
    expect(await addFactor(parts, { person: bo, proof, source })).toMatchObject({ url: expect.any(String) });
    expect(toldTo(olga)).toHaveLength(1);
  });
});

describe('a first factor that needs a vouch', () => {
  it('counts for nothing, and neither do its recovery codes, before an owner or admin vouched for it', async () => {
    const { parts, clock, olga, bo, dev, enrol, proving, waitingOf, vouch, toldTo } = await setUp('vouched');
    const olgas = await anApp(test, olga);
    const bos = await enrol(bo);
    expect(bos.vouchUntil).not.toBeNull();
    for (const code of [bos.codeAt(clock.now()), bos.recovery[0] ?? '']) expect(await proving(bo, code)).toBe('factor_required');
    expect(await describeFactors(parts, { person: bo })).toMatchObject({ factors: [], waiting: { name: 'Authenticator app' } });
    const [told] = toldTo(olga);
    const factor = await waitingOf(bo);
    expect(told?.offers?.map(({ id }) => parseMfaStep(id))).toEqual([
      { what: 'vouch', which: factor },
      { what: 'reset', which: bo.id },
    ]);

    expect(await vouch(olga, factor, null)).toMatchObject({
      factorRequest: { summary: [expect.stringContaining('Vouch that Bo'), expect.anything()] },
    });
    expect(await vouch(olga, factor, '000000')).toMatchObject({ refused: 'wrong_code' });
    expect(await proving(bo, bos.codeAt(clock.now()))).toBe('factor_required');
    expect(await vouch(olga, factor, olgas.codeAt(clock.now()))).toEqual({ vouched: 'Bo' });
    expect(await proving(bo, bos.codeAt(clock.now()))).toBe('proven');
    expect(await proving(bo, bos.recovery[0] ?? '')).toBe('proven');
    expect(toldTo(bo).at(-1)).toMatchObject({ title: expect.stringContaining('Olga vouched') });
    const audit = await test.database.stores.audit.list({ subject: bo.id, limit: 50 });
    expect(audit.filter(({ action }) => action === 'factor.vouch')).toMatchObject([
      { actor: olga.id, result: 'done', details: { factor } },
    ]);
    expect(await vouch(olga, factor, null)).toMatchObject({ refused: 'already_done' });
    expect(toldTo(dev)).toEqual([]);
  });

  it('is vouched for by nobody else: not its person, no developer, and no admin without a factor of their own', async () => {
    const { clock, olga, bo, dev, guest, enrol, proving, waitingOf, vouch } = await setUp('vouched');
    const devs = await anApp(test, dev);
    const bos = await enrol(bo);
    const factor = await waitingOf(bo);
    expect(await vouch(bo, factor, bos.codeAt(clock.now()))).toMatchObject({ refused: 'own_request' });
    expect(await vouch(dev, factor, devs.codeAt(clock.now()))).toMatchObject({
      refused: 'not_allowed',
      hint: expect.stringContaining('Olga'),
    });
    expect(await vouch(olga, factor, null)).toMatchObject({ refused: 'factor_required' });
    // Who may not vouch is not even told whether something waits.
    for (const person of [dev, guest, bo]) expect(await waitingOf(bo, person)).toMatch(/not_allowed|own_request/);
    // One that waits itself vouches for nobody.
    const olgas = await enrol(olga);
    expect(await vouch(olga, factor, olgas.codeAt(clock.now()))).toMatchObject({ refused: 'factor_required' });
    expect(await proving(bo, bos.codeAt(clock.now()))).toBe('factor_required');
  });

  it('is exactly the one that was looked at: what is set up after it is another one, and its codes end', async () => {
    const { clock, olga, bo, enrol, proving, waitingOf, vouch } = await setUp('vouched');
    const olgas = await anApp(test, olga);
    const first = await enrol(bo);
    const looked = await waitingOf(bo);
    const second = await enrol(bo);
    expect(await vouch(olga, looked, olgas.codeAt(clock.now()))).toMatchObject({ refused: 'already_done' });
    await clock.advance(30_000);
    expect(await vouch(olga, await waitingOf(bo), olgas.codeAt(clock.now()))).toEqual({ vouched: 'Bo' });
    expect(await proving(bo, first.codeAt(clock.now()))).toBe('wrong_code');
    expect(await proving(bo, first.recovery[0] ?? '')).toBe('wrong_code');
    expect(await proving(bo, second.codeAt(clock.now()))).toBe('proven');
  });

  it('takes no other one with it: a page that was given out before the vouch is over', async () => {
    const { parts, clock, olga, bo, enrol, waitingOf, vouch } = await setUp('vouched');
    const olgas = await anApp(test, olga);
    await enrol(bo);
    const page = await addFactor(parts, { person: bo, proof: null, source });
    const token = 'url' in page ? (page.url.split('/').at(-1) ?? '') : '';
    await vouch(olga, await waitingOf(bo), olgas.codeAt(clock.now()));
    const visitor = { personId: bo.id, browser: 'b'.repeat(43) };
    expect(await createFactorPages(parts).begin(token, visitor, 'totp')).toMatchObject({ refused: 'link_over' });
  });

  it('waits for a day', async () => {
    const { parts, clock, olga, bo, enrol, waitingOf, vouch } = await setUp('vouched');
    const olgas = await anApp(test, olga);
    const { vouchUntil } = await enrol(bo);
    const factor = await waitingOf(bo);
    await clock.advance((vouchUntil ?? 0) - clock.now());
    expect(await vouch(olga, factor, olgas.codeAt(clock.now()))).toMatchObject({ refused: 'request_over' });
    expect(await waitingOf(bo)).toBe('request_over');
    expect((await describeFactors(parts, { person: bo })).factors).toEqual([]);
    expect((vouchUntil ?? 0) - clock.now() + DAY).toBe(DAY);
    await enrol(bo);
    expect(await vouch(olga, await waitingOf(bo), olgas.codeAt(clock.now()))).toEqual({ vouched: 'Bo' });
  });

  it('is taken away by a reset', async () => {
    const { parts, clock, olga, bo, dev, enrol, waitingOf } = await setUp('vouched');
    const apps = [await anApp(test, olga), await anApp(test, bo)];
    await enrol(dev);
    const reset = (person: Person, app = apps[person === olga ? 0 : 1]) =>
      resetFactors(parts, { person, target: dev.id, proof: byCode(app?.codeAt(clock.now()) ?? ''), source });
    expect(await reset(olga)).toMatchObject({ reset: 'asked' });
    expect(await reset(bo)).toMatchObject({ reset: 'done' });
    expect(await waitingOf(dev)).toBe('already_done');
  });
});

/** Gina agrees to deployments of the shop to production as a member of a group; by name she only looks at the toy, if at anything. */
describe('a first factor of whoever counts by a group', () => {
  const NOBODY = { owner: [], admin: [], developer: [], viewer: [], incident: [] };

  function shopAndToy(firstFactor: FirstFactor, { isListed = true } = {}) {
    const [olga, tom, named] = ['Olga', 'Tom', 'Gina'].map((name) => aPerson(name)) as [Person, Person, Person];
    const gina = isListed ? named : { id: `slack:T1/U${named.id}`, name: 'gina' };
    const people = Object.fromEntries([olga, tom, ...(isListed ? [gina] : [])].map((one) => [one.id, { ...one, identities: {} }]));
    // Nobody whose account on Slack is not known could tell that a stranger from there is not them.
    for (const one of [olga, tom]) people[one.id] = { ...one, identities: { slack: `T1/U${one.id}` } };
    const group = `slack-group:${named.id}`;
    const approvals = policyOf([{ count: 1, from: [group] }], { secondFactor: true });
    const environments = {
      staging: anEnvironment('staging'),
      production: anEnvironment('production', { protected: true, deployers: ['owner', 'admin'], approvals }),
    };
    const shop = aShop('shop', { roles: { ...NOBODY, owner: [olga.id] } });
    const toy = aShop('toy', { roles: { ...NOBODY, admin: [tom.id], viewer: isListed ? [gina.id] : [] } });
    const { staging } = toy.environments;
    if (staging === undefined) throw new Error('no staging');
    const apps = { shop, toy: { ...toy, environments: { staging } } };
    const workspace = { ...aWorkspace({ people, environments, apps }), secondFactor: { firstFactor } };
    return { ...open(workspace, { olga, bo: tom }), olga, tom, gina, group };
  }

  it.each([true, false])('is vouched for where it counts, and not by admins of another app', async (isListed) => {
    const { clock, olga, tom, gina, group, enrol, proving, waitingOf, vouch, toldTo } = shopAndToy('vouched', { isListed });
    const [olgas, toms] = [await anApp(test, olga), await anApp(test, tom)];
    const ginas = await enrol({ ...gina, groups: [group] });
    expect(toldTo(olga)).toHaveLength(1);
    expect(toldTo(tom)).toEqual([]);
    expect(await waitingOf(gina, tom)).toBe('not_allowed');
    const factor = await waitingOf(gina, olga);
    expect(await vouch(tom, factor, toms.codeAt(clock.now()))).toMatchObject({ refused: 'not_allowed', hint: 'Ask Olga.' });
    expect(await proving(gina, ginas.codeAt(clock.now()))).toBe('factor_required');
    expect(await vouch(olga, factor, olgas.codeAt(clock.now()))).toEqual({ vouched: isListed ? gina.name : gina.id });
    expect(await proving(gina, ginas.codeAt(clock.now()))).toBe('proven');
  });

  it.each(['open', 'vouched'] as const)('is taken away by those who were told of it, by the button they were told with', async (mode) => {
    const { parts, clock, olga, tom, gina, group, enrol, toldTo } = shopAndToy(mode);
    const [olgas, toms] = [await anApp(test, olga), await anApp(test, tom)];
    await enrol({ ...gina, groups: [group] });
    const step = parseMfaStep(toldTo(olga)[0]?.offers?.at(-1)?.id ?? '');
    expect(step).toEqual({ what: 'reset', which: gina.id });
    const reset = (person: Person, app: typeof olgas) =>
      resetFactors(parts, { person, target: gina.id, proof: byCode(app.codeAt(clock.now())), source });
    expect(await reset(tom, toms)).toMatchObject({ refused: 'not_allowed', hint: 'Ask Olga.' });
    expect(await reset(olga, olgas)).toMatchObject({ reset: 'asked' });
  });

  it('is vouched for by them, too, when their platform only tells later that its person is in the group', async () => {
    const { olga, tom, gina, group, enrol, waitingOf } = shopAndToy('vouched');
    await enrol(gina);
    expect(await waitingOf(gina, tom)).not.toBe('not_allowed');
    await test.database.stores.memberships.saveMembers(group, [gina.id], 1);
    expect(await waitingOf(gina, tom)).toBe('not_allowed');
    expect(await waitingOf(gina, olga)).not.toBe('not_allowed');
  });

  it('of a stranger without any app is vouched for by whoever answers for all of them only', async () => {
    const { olga, tom, gina, enrol, waitingOf, toldTo } = shopAndToy('vouched', { isListed: false });
    await enrol(gina);
    for (const person of [olga, tom]) expect(await waitingOf(gina, person)).toBe('not_allowed');
    expect([...toldTo(olga), ...toldTo(tom)]).toEqual([]);
  });
});
