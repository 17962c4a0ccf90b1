import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { generateKey, parseKeys } from '../../../adapters/crypto/keys.ts';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { keepConfiguration, openConfiguration } from '../../../src/application/keep-configuration.ts';
import { countByKey, rotateKeys } from '../../../src/application/rotate-keys.ts';
import { storedSecrets } from '../../../src/application/stored-secrets.ts';
import { sealAsked, sealHandle, unsealAsked, unsealHandle } from '../../../src/chat-core/intake/sealed-delivery.ts';
import type { Stores } from '../../../src/ports/database.ts';
import {
  factorBinding,
  installationBinding,
  parkedSecretBinding,
  pendingFactorBinding,
  secretBinding,
} from '../../../src/ports/sealed-bindings.ts';
import type { SealedPlaces } from '../../../src/ports/sealed-places.ts';
import type { Sealer } from '../../../src/ports/sealer.ts';
import { aMessage } from '../../contract/database-fixtures.ts';
import { FakeClock, SILENT_LOGGER } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/** Columns of bytes in which nothing is sealed: hashes, and keys that are public. */
const OPEN_BYTES = [/^audit/, /^factors\.public_key$/];

const [first, second] = [generateKey('k1'), generateKey('k2')];
const before = new AesSealer(parseKeys(first));
const both = new AesSealer(parseKeys(`${second},${first}`));
const after = new AesSealer(parseKeys(second));

const clock = new FakeClock(1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (sealed: Uint8Array | null | undefined) => new TextDecoder().decode(sealed ?? new Uint8Array());

let test: TestDatabase;
let client: pg.Client;
beforeEach(async () => {
  test = await createTestDatabase();
  client = new pg.Client({ connectionString: test.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await test.drop();
});

const parts = (places: SealedPlaces = test.database.sealedPlaces) => ({ places, sealer: both, database: test.database, clock });
const delivery = (index: number) => ({ platform: 'slack', deliveryId: `d${index}` });
const asked = { what: { kind: 'command' as const, text: '/status' }, account: { id: 'U1', name: 'Ada', groups: [] } };
const secret = { app: 'shop', environment: 'staging', name: 'DB_URL' };
const parked = { ...secret, id: 'p1', personId: 'ada' };
const factor = { id: randomUUID(), personId: 'ada' };
const link = { id: randomUUID(), personId: 'ada' };

/** One value of every kind, and `many` contents of releases. */
async function fill(sealer: Sealer, many = 3): Promise<void> {
  const { stores } = test.database;
  for (let index = 0; index < many; index += 1) {
    const fingerprint = `${index}`.padStart(16, '0');
    await stores.releases.saveContents(fingerprint, sealer.seal(bytes(`content ${index}`), fingerprint));
  }
  await keepConfiguration({ database: test.database, sealer, clock, logger: SILENT_LOGGER }, [
    { files: [{ path: 'shipmate.yml', text: 'workspace: Harbour' }], source: 'start' },
  ]);
  await stores.installations.save('slack', 'T1', sealer.seal(bytes('xoxb'), installationBinding('slack', 'T1')), 1);
  const name = delivery(1);
  const kept = { ...name, channel: 'C', accountId: 'U1', token: randomUUID(), receivedAt: 1 };
  await stores.intake.keep([
    { delivery: { ...kept, payload: sealAsked(sealer, name, asked), handle: sealHandle(sealer, name, { url: 'x' }) }, claim: null },
  ]);
  const version = { ...secret, id: 's1', version: 1, kind: 'set' as const, by: { id: 'ada', name: 'Ada' }, at: 1 };
  await stores.secrets.append(version, sealer.seal(bytes('postgres://'), secretBinding(secret, 1)));
  await stores.secrets.park({ ...parked, sealed: sealer.seal(bytes('waiting'), parkedSecretBinding(parked)), expiresAt: 9_000 });
  await withMessages(sealer, async (messages) => {
    for (const key of ['reply:1', null]) await messages.insert(aMessage({ key, privateTo: 'ada', content: `for ada ${key}` }));
  });
  await client.query(
    `INSERT INTO factors (id, person_id, kind, name, sealed, last_step, created_at) VALUES ($1, 'ada', 'totp', 'phone', $2, 0, 1)`,
    [factor.id, Buffer.from(sealer.seal(bytes('JBSWY3DP'), factorBinding(factor)))],
  );
  await client.query(
    `INSERT INTO factor_links (id, token_hash, person_id, person_name, platform, about, nonce, pending, expires_at)
     VALUES ($1, 'h', 'ada', 'Ada', 'web', '{"kind":"enrolment"}', 'n', $2, 9000)`,
    [link.id, Buffer.from(sealer.seal(bytes('pending'), pendingFactorBinding(link)))],
  );
}

/** Messages as a process with these keys has them. */
async function withMessages<T>(sealer: Sealer, work: (messages: Stores['messages']) => Promise<T>): Promise<T> {
  const database = new PostgresDatabase({ connectionString: test.appUrl, logger: SILENT_LOGGER, sealer, poolSize: 1 });
  try {
    return await work(database.stores.messages);
  } finally {
    await database.close();
  }
}

/** Everything that `fill` put in, read with these keys alone, by those who read it. */
async function readAll(sealer: Sealer): Promise<readonly string[]> {
  const { stores } = test.database;
  const configuration = await stores.configuration.find(1);
  const [kept] = await stores.intake.takeOver({ claimant: randomUUID(), forMs: 1 }, 1);
  const handle = (await client.query('SELECT handle FROM intake')).rows[0]?.handle;
  const waiting = (await client.query('SELECT sealed FROM parked_secrets')).rows[0]?.sealed;
  const totp = (await client.query('SELECT sealed FROM factors')).rows[0]?.sealed;
  const pending = (await client.query('SELECT pending FROM factor_links')).rows[0]?.pending;
  if (configuration === null || kept === undefined) throw new Error('something is gone');
  return [
    text(sealer.open((await stores.releases.contents('0'.repeat(16))) ?? new Uint8Array(), '0'.repeat(16))),
    openConfiguration({ sealer }, configuration)[0]?.text ?? '',
    text(sealer.open((await stores.installations.find('slack', 'T1'))?.sealed ?? new Uint8Array(), installationBinding('slack', 'T1'))),
    JSON.stringify(unsealAsked(sealer, kept, kept.payload).what),
    JSON.stringify(unsealHandle(sealer, kept, handle)),
    text((await storedSecrets({ ...test, sealer }, 'shop', 'staging')()).open('DB_URL')),
    text(sealer.open(waiting, parkedSecretBinding(parked))),
    text(sealer.open(totp, factorBinding(factor))),
    text(sealer.open(pending, pendingFactorBinding(link))),
    ...(await withMessages(sealer, (messages) => messages.channel('web', 'deployments', { id: 'ada', apps: [] }, 5))).map(({ content }) =>
      String(content),
    ),
  ];
}

const ALL = [
  'content 0',
  'workspace: Harbour',
  'xoxb',
  '{"kind":"command","text":"/status"}',
  '{"url":"x"}',
  'postgres://',
  'waiting',
  'JBSWY3DP',
  'pending',
  'for ada reply:1',
  'for ada null',
];

describe('the places of sealed bytes', () => {
  it('are all the columns of bytes there are, but those that hold nothing sealed', async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'bytea'`,
    );
    const sealed = rows.map(({ name }) => name).filter((name) => !OPEN_BYTES.some((open) => open.test(name)));
    expect([...test.database.sealedPlaces.names].sort()).toEqual(sealed.sort());
  });
});

describe('a rotation', () => {
  it('leaves a database that opens with the new key alone', async () => {
    await fill(before);
    await expect(readAll(after)).rejects.toThrow('SHIPMATE_KEYS');
    const rotated = await rotateKeys(parts(), 'test');
    expect(Object.fromEntries(rotated.map(({ place, resealed }) => [place, resealed]))).toEqual({
      'release_contents.sealed': 3,
      'configuration_versions.sealed': 1,
      'installations.sealed': 1,
      'intake.payload': 1,
      'intake.handle': 1,
      'secrets.sealed': 1,
      'parked_secrets.sealed': 1,
      'factors.sealed': 1,
      'factor_links.pending': 1,
      'messages.sealed': 2,
    });
    expect(rotated.every(({ unreadable }) => unreadable === 0)).toBe(true);
    expect(await readAll(after)).toEqual(ALL);
    expect([...(await countByKey(parts()))]).toEqual([
      ['k2', 13],
      ['k1', 0],
      [null, 0],
    ]);
    const [record] = await test.database.stores.audit.list({ subject: 'k2', limit: 1 });
    expect(record).toMatchObject({ action: 'keys.rotate', result: 'done' });
  });

  it('finds nothing to do the second time', async () => {
    await fill(before);
    await rotateKeys(parts(), 'test');
    expect((await rotateKeys(parts(), 'test')).map(({ resealed }) => resealed)).toEqual(Array(10).fill(0));
  });

  it('goes on where it was stopped', async () => {
    await fill(before, 450);
    const { sealedPlaces } = test.database;
    let left = 300;
    const failing: SealedPlaces = {
      names: sealedPlaces.names,
      underOtherKeys: (...asked) => sealedPlaces.underOtherKeys(...asked),
      count: (...asked) => sealedPlaces.count(...asked),
      replace(...asked) {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('killed')) : sealedPlaces.replace(...asked);
      },
    };
    await expect(rotateKeys(parts(failing), 'test')).rejects.toThrow('killed');
    const [contents] = await rotateKeys(parts(), 'test');
    expect(contents).toEqual({ place: 'release_contents.sealed', resealed: 150, unreadable: 0 });
    expect(await readAll(after)).toEqual(ALL);
  });

  it('runs beside those who write: what is written meanwhile stays, and is sealed anew as well', async () => {
    await fill(before);
    const { sealedPlaces, stores } = test.database;
    const binding = installationBinding('slack', 'T1');
    let isWritten = false;
    const interrupted: SealedPlaces = {
      names: sealedPlaces.names,
      underOtherKeys: (...asked) => sealedPlaces.underOtherKeys(...asked),
      count: (...asked) => sealedPlaces.count(...asked),
      async replace(...asked) {
        // A process that was not restarted yet seals with the old key, just between the look and the write.
        if (asked[0] === 'installations.sealed' && !isWritten)
          await stores.installations.save('slack', 'T1', before.seal(bytes('newer'), binding), 2);
        isWritten ||= asked[0] === 'installations.sealed';
        return sealedPlaces.replace(...asked);
      },
    };
    await rotateKeys(parts(interrupted), 'test');
    const kept = await stores.installations.find('slack', 'T1');
    expect(text(after.open(kept?.sealed ?? new Uint8Array(), binding))).toBe('newer');
  });

  it('counts what no key opens, and leaves it', async () => {
    await fill(before);
    const lost = 'f'.repeat(16);
    const stranger = new AesSealer(parseKeys(generateKey('k9')));
    await test.database.stores.releases.saveContents(lost, stranger.seal(randomBytes(8), lost));
    const [contents] = await rotateKeys(parts(), 'test');
    expect(contents).toEqual({ place: 'release_contents.sealed', resealed: 3, unreadable: 1 });
    expect((await countByKey(parts())).get(null)).toBe(1);
    const [record] = await test.database.stores.audit.list({ subject: 'k2', limit: 1 });
    expect(record).toMatchObject({ action: 'keys.rotate', result: 'failed' });
  });
});
