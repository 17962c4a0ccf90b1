import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSecrets, readSecretHistory } from '../../../src/application/app-secrets/read-secrets.ts';
import { planSecretRemoval, removeSecret } from '../../../src/application/app-secrets/remove-secret.ts';
import { setSecret } from '../../../src/application/app-secrets/set-secret.ts';
import { confirm } from '../../../src/application/confirmations.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { storedSecrets } from '../../../src/application/stored-secrets.ts';
import { isFactorRequest } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { PasskeyFactor } from '../../../src/domain/factor.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Passkeys } from '../../../src/ports/passkeys.ts';
import { aDeployment, aRelease } from '../../contract/database-fixtures.ts';
import { anApp as anAppNamed, anEnvironment, aWorkspace } from '../../support/builders.ts';
import { only } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { anApp as anAuthenticator, aWrongCode, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** Secrets from the form to the definition, on the real database. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const source = 'web:ops';
const CANARY = 'canary-5f0b';

/** Accepts what was “signed”. */
const trustingPasskeys = only<Passkeys>('passkeys', {
  verify: async ({ response, passkeys: [passkey] }) => (response === 'signed' && passkey !== undefined ? { passkey, counter: 1 } : null),
});

function setUp() {
  const app = `shop-${randomUUID().slice(0, 6)}`;
  const [olga, dana]: Person[] = ['olga', 'dana'].map((name) => ({ id: `${name}-${randomUUID().slice(0, 6)}`, name }));
  if (olga === undefined || dana === undefined) throw new Error('nobody');
  const workspace = aWorkspace({
    apps: { [app]: anAppNamed(app, { roles: { owner: [olga.id], admin: [], developer: [dana.id], viewer: [], incident: [] } }) },
    environments: { staging: anEnvironment('staging'), production: anEnvironment('production', { protected: true, deployers: ['owner'] }) },
  });
  const { parts, clock } = factorParts(test, {
    workspace: () => workspace,
    passkeys: trustingPasskeys,
  });
  const write = (environment: string, value: string, more: { person?: Person; code?: string; deliveryId?: string; name?: string } = {}) =>
    setSecret(parts, {
      person: more.person ?? olga,
      app,
      environment,
      name: more.name ?? 'DB_URL',
      value,
      code: more.code ?? null,
      delivery: { platform: 'web', deliveryId: more.deliveryId ?? randomUUID() },
      source,
    });
  const value = async (environment: string) => {
    const stored = await storedSecrets(parts, app, environment)();
    return stored.has('DB_URL') ? new TextDecoder().decode(stored.open('DB_URL')) : null;
  };
  const actions = async (environment: string) =>
    (await test.database.stores.audit.list({ subject: `${app}/${environment}`, limit: 20 })).map(({ action, actor, details }) => [
      action,
      actor,
      details['name'],
      details['version'],
    ]);
  return { app, olga, dana, parts, clock, write, value, actions };
}

async function aPasskey(person: Person): Promise<void> {
  const passkey: PasskeyFactor = {
    kind: 'passkey',
    id: randomUUID(),
    personId: person.id,
    name: 'Passkey',
    credentialId: randomUUID(),
    publicKey: new Uint8Array(8),
    counter: 0,
    transports: [],
    createdAt: 0,
    lastUsedAt: null,
  };
  await test.database.stores.factors.insert(passkey);
}

/** What the page of a link confirms, as the server would read it. */
async function pageOf(parts: Parts, person: Person, response: string) {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  const found = await client.query("SELECT id, about FROM factor_links WHERE person_id = $1 AND about->>'kind' = 'confirmation'", [
    person.id,
  ]);
  await client.end();
  const [row] = found.rows;
  const { confirmation } = row.about;
  return {
    confirmation,
    open: () => confirm(parts, { confirmation, person, proof: { by: 'passkey', confirmationId: row.id, response }, source: 'page' }),
  };
}

async function parkedValues(person: Person): Promise<number> {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS count FROM parked_secrets WHERE person_id = $1', [person.id]);
  await client.end();
  return rows[0]?.count;
}

describe('a secret', () => {
  it('is what was typed, in versions, for those who may; nobody is shown its value', async () => {
    const { app, olga, parts, write, value, actions } = setUp();
    expect(await write('staging', `${CANARY}\n`)).toMatchObject({ secret: { version: 1 }, uses: [], isDeployed: false });
    expect(await value('staging')).toBe(`${CANARY}\n`);
    expect(await value('production')).toBeNull();
    expect(await write('staging', 'second')).toMatchObject({ secret: { version: 2 } });
    expect(await value('staging')).toBe('second');
    const place = { person: olga, app, environment: 'staging' };
    const listed = await listSecrets(parts, place);
    expect(listed).toMatchObject([{ name: 'DB_URL', version: 2, by: olga }]);
    expect(JSON.stringify([listed, await readSecretHistory(parts, { ...place, name: null })])).not.toMatch(/canary|second|length/);
    expect(await actions('staging')).toEqual([
      ['secret.set', olga.id, 'DB_URL', 2],
      ['secret.set', olga.id, 'DB_URL', 1],
    ]);
  });

  it('is nothing for developers: they may neither write nor list', async () => {
    const { app, dana, parts, write, value } = setUp();
    expect(await write('staging', 'x', { person: dana })).toMatchObject({ refused: 'not_allowed' });
    expect(await value('staging')).toBeNull();
    expect(await listSecrets(parts, { person: dana, app, environment: 'staging' })).toMatchObject({ refused: 'not_allowed' });
    expect(await planSecretRemoval(parts, { person: dana, app, environment: 'staging', name: 'DB_URL' })).toMatchObject({
      refused: 'not_allowed',
    });
  });

  it('is set once by one delivery, however often it comes', async () => {
    const { write, value } = setUp();
    await write('staging', 'first', { deliveryId: 'd1' });
    await write('staging', 'second', { deliveryId: 'd2' });
    expect(await write('staging', 'first', { deliveryId: 'd1' })).toMatchObject({ secret: { version: 2 } });
    expect(await value('staging')).toBe('second');
  });

  it.each([
    ['DB URL', 'x', 'That is not a name'],
    ['DB_URL', '', 'needs a value'],
    ['DB_URL', 'x'.repeat(512_000), 'too much'],
  ])('called %s is refused when it cannot be one', async (name, value, says) => {
    const { write } = setUp();
    const refused = await write('staging', value, { name });
    expect(isRefusal(refused) && refused.message).toContain(says);
  });

  it('is removed by the version that was asked about, and says which release delivers it', async () => {
    const { app, olga, parts, write, value, actions } = setUp();
    const stack = `${app}-staging`;
    const base = aRelease({ app, environment: 'staging' });
    const delivered = { db: { engineName: 'x', external: false, fingerprint: 'f', labels: {}, secretName: 'DB_URL' } };
    const release = { ...base, id: randomUUID(), spec: { ...base.spec, app, stack, secrets: delivered } };
    await test.database.stores.releases.insert(release);
    const deployment = aDeployment({ app, releaseId: release.id, state: 'succeeded' });
    await test.database.stores.deployments.insert(deployment, null);
    await test.database.stores.releases.openRevision(stack, release.id, release.version, deployment.id, 1);
    const uses = [{ kind: 'revision', version: release.version, revision: 1 }];
    expect(await write('staging', 'old')).toMatchObject({ uses, isDeployed: true });
    const place = { person: olga, app, environment: 'staging' };
    const planned = await planSecretRemoval(parts, { ...place, name: 'DB_URL' });
    if (isRefusal(planned)) throw new Error(planned.message);
    expect(planned).toMatchObject({ uses, asksFactor: false });
    await write('staging', 'new');
    const remove = (id: string) => removeSecret(parts, { person: olga, id, code: null, source });
    expect(await remove(planned.secret.id)).toMatchObject({ refused: 'already_done' });
    expect(await value('staging')).toBe('new');

    const again = await planSecretRemoval(parts, { ...place, name: 'DB_URL' });
    if (isRefusal(again)) throw new Error(again.message);
    expect(await remove(again.secret.id)).toMatchObject({ secret: { kind: 'removed', version: 3 }, uses });
    expect(await value('staging')).toBeNull();
    expect(await remove(again.secret.id)).toMatchObject({ refused: 'unknown_secret' });
    expect((await actions('staging'))[0]).toEqual(['secret.remove', olga.id, 'DB_URL', 3]);
  });
});

describe('a secret of a protected environment', () => {
  it('is not written without a second factor, and nothing of it is kept', async () => {
    const { olga, write, value } = setUp();
    expect(await write('production', CANARY)).toMatchObject({ refused: 'factor_required' });
    expect(await value('production')).toBeNull();
    expect(await parkedValues(olga)).toBe(0);
  });

  it('is written with a code, once', async () => {
    const { olga, clock, write, value } = setUp();
    const app = await anAuthenticator(test, olga);
    const code = app.codeAt(clock.now());
    expect(await write('production', CANARY, { code: aWrongCode(code) })).toMatchObject({ refused: 'wrong_code' });
    expect(await value('production')).toBeNull();
    expect(await write('production', CANARY, { code, deliveryId: 'p1' })).toMatchObject({ secret: { version: 1 } });
    expect(await value('production')).toBe(CANARY);
    // The form's own second delivery is no second try.
    expect(await write('production', CANARY, { code, deliveryId: 'p1' })).toMatchObject({ secret: { version: 1 } });
    expect(await write('production', 'other', { code })).toMatchObject({ refused: 'code_used' });
    expect(await parkedValues(olga)).toBe(0);
  });

  it('waits sealed for a passkey, is in no confirmation, and is written when that was used', async () => {
    const { olga, parts, write, value } = setUp();
    await aPasskey(olga);
    const asked = await write('production', CANARY);
    expect(isFactorRequest(asked) && asked.factorRequest.url).toContain('/confirm/');
    expect(await parkedValues(olga)).toBe(1);
    expect(await value('production')).toBeNull();
    const wrong = await pageOf(parts, olga, 'forged');
    expect(JSON.stringify(wrong.confirmation)).not.toContain(CANARY);
    expect(await wrong.open()).toMatchObject({ refused: 'wrong_code' });
    expect(await parkedValues(olga)).toBe(1);
    const page = await pageOf(parts, olga, 'signed');
    expect(await page.open()).toMatchObject({ title: 'DB_URL is set' });
    expect(await value('production')).toBe(CANARY);
    expect(await parkedValues(olga)).toBe(0);
    expect(isRefusal(await page.open())).toBe(true);
    expect(
      await readSecretHistory(parts, { person: olga, app: page.confirmation.values.app, environment: 'production', name: null }),
    ).toHaveLength(1);
  });

  it('opens only for what was confirmed: a value parked for another name is not taken', async () => {
    const { olga, parts, write, value } = setUp();
    await aPasskey(olga);
    await write('production', CANARY, { name: 'OTHER' });
    const { confirmation } = await pageOf(parts, olga, 'signed');
    const bent = { ...confirmation, values: { ...confirmation.values, name: 'DB_URL' } };
    const proof = { by: 'passkey', confirmationId: randomUUID(), response: 'signed' } as const;
    expect(isRefusal(await confirm(parts, { confirmation: bent, person: olga, proof, source: 'page' }))).toBe(true);
    expect(await value('production')).toBeNull();
  });

  it('is forgotten when it was not confirmed in time, or the role is gone', async () => {
    const { olga, dana, parts, clock, write, value } = setUp();
    await aPasskey(olga);
    await write('production', CANARY);
    const page = await pageOf(parts, olga, 'signed');
    const asDana = await confirm(parts, {
      confirmation: page.confirmation,
      person: dana,
      proof: { by: 'code', code: '1' },
      source: 'page',
    });
    expect(asDana).toMatchObject({ refused: 'not_allowed' });
    await clock.advance(11 * 60_000);
    expect(isRefusal(await page.open())).toBe(true);
    expect(await value('production')).toBeNull();
    expect(await test.database.stores.secrets.pruneParked(clock.now())).toBeGreaterThanOrEqual(1);
  });
});
