import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFactor, renewRecoveryCodes } from '../../../src/application/second-factor/ask-for-page.ts';
import { confirmPage } from '../../../src/application/second-factor/confirm-page.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import { removeFactor } from '../../../src/application/second-factor/remove-factor.ts';
import { resetFactors } from '../../../src/application/second-factor/reset-factors.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { anApp as aShop, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { anApp, aPerson, factorParts, someRecoveryCodes } from '../../support/second-factor/person-with-factors.ts';

/** Adding, removing and resetting second factors on the real database. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.drop());

const source = 'test:ops';
const byCode = (code: string) => ({ by: 'code', code }) as const;
const factorsOf = ({ id }: Person) => test.database.stores.factors.list(id);
const auditOf = async ({ id }: Person) =>
  (await test.database.stores.audit.list({ subject: id, limit: 50 })).map(({ action, result }) => `${action} ${result}`);

describe('adding a factor', () => {
  it('asks whoever has one for it first', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    expect(await addFactor(parts, { person: ada, proof: null, source })).toMatchObject({ url: expect.stringMatching(/\/mfa\/[\w-]{43}$/) });
    const app = await anApp(test, ada);
    expect(await addFactor(parts, { person: ada, proof: null, source })).toMatchObject({ factorRequest: { methods: ['totp'] } });
    expect(await addFactor(parts, { person: ada, proof: byCode('000000'), source })).toMatchObject({ refused: 'wrong_code' });
    expect(await addFactor(parts, { person: ada, proof: byCode(app.codeAt(clock.now())), source })).toMatchObject({
      url: expect.any(String),
    });
  });

  it('keeps one open link, of two asked for at once too', async () => {
    const { parts } = factorParts(test);
    const ada = { ...aPerson(), account: { platform: 'slack', id: 'T1/U1', name: 'Ada' } };
    const links = await Promise.all(Array.from({ length: 5 }, () => addFactor(parts, { person: ada, proof: null, source })));
    const pages = createFactorPages(parts);
    const opened = await Promise.all(
      links.map((link) => pages.open('url' in link ? (link.url.split('/').at(-1) ?? '') : '', { personId: null, browser: null })),
    );
    expect(opened.filter((page) => !isRefusal(page))).toHaveLength(1);
  });

  it('keeps the app’s secret and the recovery codes unreadable', async () => {
    const { parts, clock } = factorParts(test);
    const person = { ...aPerson(), account: { platform: 'slack', id: 'T1/U1', name: 'Ada' } };
    const link = await addFactor(parts, { person, proof: null, source });
    const token = 'url' in link ? (link.url.split('/').at(-1) ?? '') : '';
    const pages = createFactorPages(parts);
    const visitor = { personId: null, browser: 'b'.repeat(43) };
    await pages.claim(token, visitor);
    const opened = await pages.open(token, visitor);
    const number = !isRefusal(opened) && opened.stage === 'unconfirmed' ? (opened.number ?? '') : '';
    await confirmPage(parts, { person, number, source });
    const begun = await pages.begin(token, visitor, 'totp');
    if (isRefusal(begun) || begun.kind !== 'totp') throw new Error('not begun');
    const { generateSync } = await import('otplib');
    const answer = { kind: 'totp', code: generateSync({ secret: begun.secret, epoch: Math.floor(clock.now() / 1000) }) } as const;
    const finished = await pages.finish(token, visitor, answer);
    if (isRefusal(finished)) throw new Error(finished.message);
    const codes = finished.recoveryCodes ?? [];
    expect(codes).toHaveLength(10);
    const dumped = await dump();
    for (const secret of [begun.secret, token, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) {
      expect(dumped).not.toContain(secret);
      expect(dumped).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});

describe('removing a factor', () => {
  it('asks for one, says which, and takes the recovery codes with the last', async () => {
    const { parts, clock, watched } = factorParts(test);
    const ada = aPerson();
    const [first, second] = [await anApp(test, ada), await anApp(test, ada)];
    await someRecoveryCodes(test, ada);
    const remove = (which: string | null, code: string | null) =>
      removeFactor(parts, { person: ada, which, proof: code === null ? null : byCode(code), source });
    expect(await remove(null, null)).toMatchObject({ refused: 'invalid_arguments', hint: expect.stringContaining('1 Authenticator app') });
    expect(await remove('7', null)).toMatchObject({ refused: 'invalid_arguments' });
    expect(await remove('1', null)).toMatchObject({
      factorRequest: { summary: ['Take away the second factor “Authenticator app” of Ada.'] },
    });
    expect(await remove(second.id, first.codeAt(clock.now()))).toEqual({ name: 'Authenticator app', left: 1 });
    await clock.advance(30_000);
    expect(await remove(null, first.codeAt(clock.now()))).toEqual({ name: 'Authenticator app', left: 0 });
    expect(await test.database.stores.factors.recoveryCodesLeft(ada.id)).toBe(0);
    expect(await remove(null, null)).toMatchObject({ refused: 'already_done' });
    expect(watched.told.filter(({ personId }) => personId === ada.id)).toHaveLength(2);
    expect((await auditOf(ada)).filter((action) => action === 'factor.remove done')).toHaveLength(2);
  });

  it('does not touch somebody else’s', async () => {
    const { parts, clock } = factorParts(test);
    const [ada, bo] = [aPerson(), aPerson('Bo')];
    const [adas, bos] = [await anApp(test, ada), await anApp(test, bo)];
    await anApp(test, ada);
    const answer = await removeFactor(parts, { person: ada, which: bos.id, proof: byCode(adas.codeAt(clock.now())), source });
    expect(answer).toMatchObject({ refused: 'invalid_arguments' });
    expect(await factorsOf(bo)).toHaveLength(1);
  });
});

describe('recovery codes', () => {
  it('are made anew with a factor, and old ones end', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    expect(await renewRecoveryCodes(parts, { person: ada, proof: null, source })).toMatchObject({ refused: 'factor_required' });
    const app = await anApp(test, ada);
    const [old = ''] = await someRecoveryCodes(test, ada);
    const page = await renewRecoveryCodes(parts, { person: ada, proof: byCode(app.codeAt(clock.now())), source });
    const token = 'url' in page ? (page.url.split('/').at(-1) ?? '') : '';
    const pages = createFactorPages(parts);
    const visitor = { personId: ada.id, browser: 'b'.repeat(43) };
    expect(await pages.newRecoveryCodes(token, { ...visitor, personId: 'bo' })).toMatchObject({ refused: 'link_over' });
    const codes = await pages.newRecoveryCodes(token, visitor);
    expect(codes).toHaveLength(10);
    expect(await pages.newRecoveryCodes(token, visitor)).toMatchObject({ refused: 'link_over' });
    const remove = (code: string) => removeFactor(parts, { person: ada, which: null, proof: byCode(code), source });
    expect(await remove(old)).toMatchObject({ refused: 'wrong_code' });
    expect(await remove(isRefusal(codes) ? '' : (codes[0] ?? ''))).toEqual({ name: 'Authenticator app', left: 0 });
  });
});

describe('a reset', () => {
  async function setUp() {
    const [olga, bo, dev, lost] = ['Olga', 'Bo', 'Dev', 'Lost'].map((name) => aPerson(name)) as [Person, Person, Person, Person];
    const people = Object.fromEntries([olga, bo, dev, lost].map((person) => [person.id, { ...person, identities: {} }]));
    const roles = { owner: [olga.id], admin: [bo.id, lost.id, 'slack-group:S01'], developer: [dev.id], viewer: [], incident: [] };
    const workspace = aWorkspace({ people, apps: { shop: aShop('shop', { roles }) } });
    const opened = factorParts(test, { workspace: () => workspace });
    const [olgas, bos, devs] = [await anApp(test, olga), await anApp(test, bo), await anApp(test, dev)];
    const losts = await anApp(test, lost);
    await someRecoveryCodes(test, lost);
    const reset = (person: Person, app: { codeAt(now: number): string } | null, target = lost.id) =>
      resetFactors(opened.parts, { person, target, proof: app === null ? null : byCode(app.codeAt(opened.clock.now())), source });
    return { ...opened, olga, bo, dev, lost, losts, olgas, bos, devs, reset };
  }

  it('takes two admins with their own factors, and tells everybody', async () => {
    const { olga, bo, lost, olgas, bos, reset, watched } = await setUp();
    expect(await reset(olga, null)).toMatchObject({
      factorRequest: { summary: [expect.stringContaining('Ask to take away'), expect.anything()] },
    });
    expect(await factorsOf(lost)).toHaveLength(1);
    expect(await reset(olga, olgas)).toMatchObject({ reset: 'asked', name: 'Lost', others: ['Bo'] });
    expect(watched.told.map(({ personId }) => personId)).toEqual([bo.id, lost.id]);
    expect(await factorsOf(lost)).toHaveLength(1);
    expect(await reset(bo, null)).toMatchObject({
      factorRequest: { summary: [expect.stringContaining('Agree to take away'), 'Olga asked for it.', expect.anything()] },
    });
    expect(await reset(bo, bos)).toEqual({ reset: 'done', name: 'Lost' });
    expect(await factorsOf(lost)).toEqual([]);
    expect(await test.database.stores.factors.recoveryCodesLeft(lost.id)).toBe(0);
    expect(watched.told.at(-1)).toMatchObject({ personId: lost.id, notice: { title: 'Your second factors were taken away' } });
    expect((await auditOf(lost)).filter((action) => action.startsWith('factor.reset'))).toEqual([
      'factor.reset done',
      'factor.reset-ask done',
    ]);
  });

  it('is not one admin’s alone, nor the person’s own, nor a developer’s', async () => {
    const { olga, dev, lost, clock, olgas, devs, reset } = await setUp();
    await reset(olga, olgas);
    await clock.advance(60_000);
    expect(await reset(olga, olgas)).toMatchObject({ refused: 'own_request' });
    expect(await reset(lost, null)).toMatchObject({ refused: 'own_request' });
    expect(await reset(dev, devs)).toMatchObject({ refused: 'not_allowed', hint: expect.stringContaining('Olga') });
    expect(await factorsOf(lost)).toHaveLength(1);
    expect((await auditOf(lost)).filter((action) => action === 'factor.reset refused')).toHaveLength(3);
  });

  it('is not agreed to by an account that may be the one who asked', async () => {
    const { olga, lost, olgas, reset } = await setUp();
    await reset(olga, olgas);
    const unlinked = { id: 'slack:T01/U77', name: 'Somebody', groups: ['slack-group:S01'] };
    expect(await reset(unlinked, null)).toMatchObject({ refused: 'own_request' });
    expect(await factorsOf(lost)).toHaveLength(1);
  });

  it('is not for admins of another app, in which the person only looks on', async () => {
    const { olga, bo, lost, parts, clock, olgas, bos } = await setUp();
    const [toys, shop] = [
      aShop('toys', { roles: { owner: [olga.id], admin: [bo.id], developer: [], viewer: [lost.id], incident: [] } }),
      aShop('shop'),
    ];
    const people = parts.workspace().people;
    const roles = { ...shop.roles, owner: [lost.id], admin: [], developer: [] };
    const elsewhere = { ...parts, workspace: () => aWorkspace({ people, apps: { toys, shop: { ...shop, roles } } }) };
    const reset = (person: Person, app: typeof olgas) =>
      resetFactors(elsewhere, { person, target: lost.id, proof: byCode(app.codeAt(clock.now())), source });
    expect(await reset(olga, olgas)).toMatchObject({ refused: 'not_allowed' });
    expect(await reset(bo, bos)).toMatchObject({ refused: 'not_allowed' });
    expect(await factorsOf(lost)).toHaveLength(1);
  });

  it('is void when who asked is no admin any more, and is asked for anew then', async () => {
    const { olga, bo, lost, parts, clock, olgas, bos } = await setUp();
    const roles = { owner: [olga.id], admin: [bo.id], developer: [lost.id], viewer: [], incident: [] };
    const { people } = parts.workspace();
    const inForce = { ...parts, workspace: () => aWorkspace({ people, apps: { shop: aShop('shop', { roles }) } }) };
    const reset = async (person: Person, app: typeof olgas) => {
      await clock.advance(30_000);
      return resetFactors(inForce, { person, target: lost.id, proof: byCode(app.codeAt(clock.now())), source });
    };
    expect(await reset(bo, bos)).toMatchObject({ reset: 'asked' });
    roles.admin = [];
    expect(await reset(olga, olgas)).toMatchObject({ refused: 'request_over', message: expect.stringContaining('Bo') });
    expect(await factorsOf(lost)).toHaveLength(1);
    roles.admin = [bo.id];
    expect(await reset(olga, olgas)).toMatchObject({ reset: 'asked' });
    expect(await reset(bo, bos)).toMatchObject({ reset: 'done' });
  });

  describe('asked for by an admin by group', () => {
    /** Of an app that only they are admin of, beside Olga, who agrees for another one: neither does it alone. */
    async function byGroup() {
      const [olga, gina, lost] = [aPerson('Olga'), aPerson('Gina'), aPerson('Lost')];
      const account = { platform: 'slack', account: `T1/U${gina.id}` };
      const people = Object.fromEntries(
        [olga, gina, lost].map((person) => [person.id, { ...person, identities: person === gina ? { slack: account.account } : {} }]),
      );
      const group = 'slack-group:S0ADM';
      const common = { owner: [], developer: [lost.id], viewer: [], incident: [] };
      const apps = {
        shop: aShop('shop', { roles: { ...common, admin: [olga.id] } }),
        toys: aShop('toys', { roles: { ...common, admin: [group] } }),
      };
      const opened = factorParts(test, { workspace: () => aWorkspace({ people, apps }) });
      const { parts, clock } = opened;
      const [ginas, olgas] = [await anApp(test, gina), await anApp(test, olga)];
      await anApp(test, lost);
      const reset = (person: Person, app: typeof olgas) =>
        resetFactors(parts, { person, target: lost.id, proof: byCode(app.codeAt(clock.now())), source });
      expect(await reset({ ...gina, groups: [group] }, ginas)).toMatchObject({ reset: 'asked' });
      const said = (groups: readonly string[]) => test.database.stores.memberships.save({ ...account, groups, readAt: clock.now() });
      return { clock, lost, group, said, agree: () => reset(olga, olgas) };
    }

    it('counts for their apps while they are in it', async () => {
      const { clock, lost, group, said, agree } = await byGroup();
      await clock.advance(30 * 60_000);
      await said([group]);
      expect(await agree()).toMatchObject({ reset: 'done' });
      expect(await factorsOf(lost)).toEqual([]);
    });

    it('is void when they left it', async () => {
      const { clock, lost, group, said, agree } = await byGroup();
      await clock.advance(60_000);
      await said([]);
      expect(await agree()).toMatchObject({ refused: 'request_over' });
      await said([group]);
      expect(await factorsOf(lost)).toHaveLength(1);
      expect((await auditOf(lost)).filter((action) => action === 'factor.reset refused')).toHaveLength(1);
    });

    it('waits while nobody can tell', async () => {
      const { clock, lost, group, said, agree } = await byGroup();
      await clock.advance(30 * 60_000);
      expect(await agree()).toMatchObject({ refused: 'unavailable', message: expect.stringContaining('Gina') });
      expect(await factorsOf(lost)).toHaveLength(1);
      await said([group]);
      expect(await agree()).toMatchObject({ reset: 'done' });
    });
  });

  it('ends after an hour, and is asked for anew then', async () => {
    const { olga, bo, lost, clock, olgas, bos, reset } = await setUp();
    await reset(olga, olgas);
    await clock.advance(60 * 60_000);
    expect(await reset(bo, bos)).toMatchObject({ reset: 'asked' });
    expect(await factorsOf(lost)).toHaveLength(1);
  });

  it('ends the pages that were open, and the lock', async () => {
    const { parts, clock, olga, bo, lost, losts, olgas, bos, reset } = await setUp();
    const page = await renewRecoveryCodes(parts, { person: lost, proof: byCode(losts.codeAt(clock.now())), source });
    const token = 'url' in page ? (page.url.split('/').at(-1) ?? '') : '';
    const look = () => createFactorPages(parts).open(token, { personId: lost.id, browser: null });
    expect(await look()).toMatchObject({ personName: 'Lost' });
    for (let index = 0; index < 5; index += 1) {
      await removeFactor(parts, { person: lost, which: null, proof: byCode('xxxxxx'), source });
    }
    expect(await removeFactor(parts, { person: lost, which: null, proof: null, source })).toMatchObject({ refused: 'factor_locked' });
    await reset(olga, olgas);
    await reset(bo, bos);
    expect(await look()).toMatchObject({ refused: 'link_over' });
    expect(await addFactor(parts, { person: lost, proof: null, source })).toMatchObject({ url: expect.any(String) });
  });

  it('is carried out once, by two who agree at once', async () => {
    const { olga, bo, lost, clock, olgas, bos, reset, watched } = await setUp();
    await reset(olga, olgas);
    await clock.advance(30_000);
    const answers = await Promise.all([reset(bo, bos), reset(bo, bos), reset(olga, olgas)]);
    expect(answers.filter((answer) => 'reset' in answer && answer.reset === 'done')).toHaveLength(1);
    expect(watched.told.filter(({ personId, notice }) => personId === lost.id && notice.tone === 'danger')).toHaveLength(1);
  });

  it('of nobody who has a factor is refused', async () => {
    const { olga, olgas, reset } = await setUp();
    expect(await reset(olga, olgas, 'nobody')).toMatchObject({ refused: 'unknown_person' });
  });
});

/** Everything that stands in the tables of second factors, links, audit and messages, as text. */
async function dump(): Promise<string> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  try {
    const tables = ['factors', 'factor_links', 'factor_tries', 'recovery_codes', 'factor_resets', 'audit', 'messages', 'inbox', 'intake'];
    const lines: string[] = [];
    for (const table of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
      lines.push(...rows.map(({ row }) => row));
    }
    return lines.join('\n');
  } finally {
    await client.end();
  }
}
