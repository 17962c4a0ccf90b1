import { createHash, createHmac, randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFactor } from '../../../src/application/second-factor/ask-for-page.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import { removeFactor } from '../../../src/application/second-factor/remove-factor.ts';
import { resetFactors } from '../../../src/application/second-factor/reset-factors.ts';
import { createWebSessions } from '../../../src/application/sessions/create-web-sessions.ts';
import { signOut } from '../../../src/application/sessions/sign-out.ts';
import { endOverSessions } from '../../../src/application/sessions/tend-sessions.ts';
import { LocalAccess } from '../../../src/cli/local-access.ts';
import { redeemSignIn } from '../../../src/cli/redeem-sign-in.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { SESSION_IDLE_MS } from '../../../src/domain/web-session.ts';
import { anApp as aShop, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { anApp, aPerson, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** Sessions of the browser chat on the real database: what ends them, what is kept of them. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.drop());

const SECRET = 'a secret of the tests, long enough to sign';
const source = 'test:ops';
const nobody = { userAgent: undefined, replaces: null };
const auditOf = async (subject: string) =>
  (await test.database.stores.audit.list({ subject, limit: 50 })).map(({ action, result, details }) =>
    [action, result, details['why'] ?? details['code'] ?? ''].join(' ').trim(),
  );

/** The person's sessions here and elsewhere, and who of them is still signed in. */
async function twoSessions(parts: Parameters<typeof createWebSessions>[0], person: Person) {
  const sessions = createWebSessions(parts, SECRET);
  const [here, elsewhere] = [await sessions.begin(person, nobody), await sessions.begin(person, nobody)];
  const left = async () => [(await sessions.find(here.token)) !== null, (await sessions.find(elsewhere.token)) !== null];
  return { sessions, here, elsewhere, left };
}

describe('a token', () => {
  it('is kept nowhere: neither as it is, nor so that somebody could know its hash without the key', async () => {
    const { parts } = factorParts(test);
    const { token, session } = await createWebSessions(parts, SECRET).begin(aPerson(), nobody);
    expect(token).toMatch(/^[\w-]{64}$/);
    expect(await createWebSessions(parts, SECRET).find(token)).toEqual(session);
    const { sessions } = test.database.stores;
    for (const known of [createHash('sha256'), createHmac('sha256', '')]) {
      expect(await sessions.findByHash(known.update(token).digest('hex'))).toBeNull();
    }
    expect(await createWebSessions(parts, `${SECRET}, but another one`).find(token)).toBeNull();
    expect(() => createWebSessions(parts, 'short')).toThrow(RangeError);
  });
});

describe('a change of second factors', () => {
  it('ends every other session when one is taken away', async () => {
    const { parts, clock } = factorParts(test);
    const person = aPerson();
    const { here, left } = await twoSessions(parts, person);
    const app = await anApp(test, person);
    const inHere = { ...person, session: here.session.id };
    const removed = await removeFactor(parts, {
      person: inHere,
      which: null,
      proof: { by: 'code', code: app.codeAt(clock.now()) },
      source,
    });
    expect(removed).toMatchObject({ left: 0 });
    expect(await left()).toEqual([true, false]);
    expect(await auditOf(person.id)).toContain('session.end done factor-changed');
  });

  it('ends every other session when one is set up', async () => {
    const { parts, clock } = factorParts(test);
    const person = aPerson();
    const { here, left } = await twoSessions(parts, person);
    const pages = createFactorPages(parts);
    const link = await addFactor(parts, { person, proof: null, source });
    const token = 'url' in link ? (link.url.split('/').at(-1) ?? '') : '';
    const visitor = { personId: person.id, session: here.session.id, browser: 'b'.repeat(43) };
    const begun = await pages.begin(token, visitor, 'totp');
    if (!('secret' in begun)) throw new Error('not begun');
    expect(await left()).toEqual([true, true]);
    const code = generateSync({ secret: begun.secret, epoch: Math.floor(clock.now() / 1000) });
    expect(await pages.finish(token, visitor, { kind: 'totp', code })).toMatchObject({ name: 'Authenticator app' });
    expect(await left()).toEqual([true, false]);
  });

  it('ends all when others reset it', async () => {
    const [target, ada, bob] = [aPerson('Tess'), aPerson('Ada'), aPerson('Bob')];
    const people = Object.fromEntries([target, ada, bob].map(({ id, name }) => [id, { id, name, identities: {} }]));
    const roles = { owner: [ada.id], admin: [bob.id], developer: [target.id], viewer: [], incident: [] };
    const workspace = () => aWorkspace({ apps: { shop: aShop('shop', { roles }) }, people });
    const { parts, clock } = factorParts(test, { workspace });
    const { left } = await twoSessions(parts, target);
    await anApp(test, target);
    for (const admin of [ada, bob]) {
      const proof = { by: 'code', code: (await anApp(test, admin)).codeAt(clock.now()) } as const;
      await resetFactors(parts, { person: admin, target: target.id, proof, source });
    }
    expect(await left()).toEqual([false, false]);
  });
});

describe('/sign-out', () => {
  async function setUp() {
    const [target, admin, developer] = [aPerson('Tess'), aPerson('Ada'), aPerson('Dev')];
    const people = Object.fromEntries([target, admin, developer].map(({ id, name }) => [id, { id, name, identities: {} }]));
    const roles = { owner: [], admin: [admin.id], developer: [target.id, developer.id], viewer: [], incident: [] };
    const { parts, watched } = factorParts(test, { workspace: () => aWorkspace({ apps: { shop: aShop('shop', { roles }) }, people }) });
    return { parts, watched, target, admin, developer, ...(await twoSessions(parts, target)) };
  }

  it('ends one’s own sessions, but not the one from which it is asked', async () => {
    const { parts, target, here, left } = await setUp();
    expect(await signOut(parts, { person: { ...target, session: here.session.id }, target: null, source })).toMatchObject({
      ended: 1,
      isOwn: true,
    });
    expect(await left()).toEqual([true, false]);
    expect(await signOut(parts, { person: target, target: null, source })).toMatchObject({ ended: 1 });
    expect(await left()).toEqual([false, false]);
    expect(await auditOf(target.id)).toContain('session.end done by-owner');
  });

  it('ends somebody’s for an owner or admin of an app of theirs, and tells them', async () => {
    const { parts, target, admin, left, watched } = await setUp();
    expect(await signOut(parts, { person: admin, target: target.name, source })).toEqual({ name: target.name, isOwn: false, ended: 2 });
    expect(await left()).toEqual([false, false]);
    expect((await auditOf(target.id)).filter((record) => record === 'session.end done by-admin')).toHaveLength(2);
    expect(watched.told.map(({ personId }) => personId)).toEqual([target.id]);
  });

  it('of whoever counts in another app by a group is for that app’s admins, too', async () => {
    const [target, olga, tom] = [aPerson('Gina'), aPerson('Olga'), aPerson('Tom')];
    const people = Object.fromEntries([target, olga, tom].map(({ id, name }) => [id, { id, name, identities: {} }]));
    const group = `slack-group:${target.id}`;
    const nobodyElse = { owner: [], admin: [], developer: [], viewer: [], incident: [] };
    const apps = {
      shop: aShop('shop', { roles: { ...nobodyElse, owner: [olga.id], developer: [group] } }),
      toy: aShop('toy', { roles: { ...nobodyElse, admin: [tom.id], viewer: [target.id] } }),
    };
    const { parts } = factorParts(test, { workspace: () => aWorkspace({ apps, people }) });
    const { left } = await twoSessions(parts, target);
    await test.database.stores.memberships.saveMembers(group, [target.id], 1);
    expect(await signOut(parts, { person: tom, target: target.id, source })).toMatchObject({
      refused: 'not_allowed',
      hint: 'Ask Olga.',
    });
    expect(await left()).toEqual([true, true]);
    expect(await signOut(parts, { person: olga, target: target.id, source })).toMatchObject({ ended: 2 });
  });

  it('is nobody else’s: neither a colleague’s nor a stranger’s', async () => {
    const { parts, target, admin, developer, left } = await setUp();
    for (const person of [developer, aPerson('Sam')]) {
      expect(await signOut(parts, { person, target: target.id, source })).toMatchObject({ refused: 'not_allowed' });
    }
    expect(await signOut(parts, { person: admin, target: 'nobody', source })).toMatchObject({ refused: 'unknown_person' });
    expect(await left()).toEqual([true, true]);
  });
});

describe('what is over', () => {
  it('is taken away and recorded once, by whichever process comes first', async () => {
    const { parts, clock } = factorParts(test);
    const person = aPerson();
    await twoSessions(parts, person);
    clock.advance(SESSION_IDLE_MS);
    const ended = await Promise.all([endOverSessions(parts), endOverSessions({ ...parts, database: test.another() })]);
    expect(ended.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2);
    expect((await auditOf(person.id)).filter((record) => record === 'session.end done idle')).toHaveLength(2);
  });
});

describe('a sign-in code', () => {
  it('is recorded when it is taken and when it is refused, and stands in no record', async () => {
    const person = aPerson();
    const people = { [person.id]: { id: person.id, name: person.name, identities: {} } };
    const { parts, clock } = factorParts(test, { workspace: () => aWorkspace({ people }) });
    const access = new LocalAccess({ id: 'k', bytes: randomBytes(32) });
    const code = access.signInCode(person.id, clock.now());
    expect(await redeemSignIn(parts, access, code)).toEqual(person);
    expect(await redeemSignIn(parts, access, code)).toBeNull();
    expect(await auditOf(person.id)).toEqual(['session.sign-in refused code_used', 'session.sign-in done']);
    const before = (await auditOf('session')).length;
    expect(await redeemSignIn(parts, access, `${code}x`)).toBeNull();
    expect((await auditOf('session')).length).toBe(before + 1);
    expect((await auditOf('session'))[0]).toBe('session.sign-in refused invalid_code');
    expect(JSON.stringify(await test.database.stores.audit.list({ limit: 100 }))).not.toContain(code.slice(-20));
  });
});
