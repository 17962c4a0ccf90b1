import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { verifyChain } from '../../../src/application/verify-audit-trail.ts';
import type { NewAuditRecord } from '../../../src/domain/audit.ts';
import type { ChainHead, LinkedRecord } from '../../../src/domain/audit-chain.ts';
import { aChain, sealed } from '../../support/audit-chain.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { runAll, storeChain, tamper } from '../../support/stored-audit.ts';

const DAY = 24 * 3_600_000;

const record = (changes: Partial<NewAuditRecord> = {}): NewAuditRecord => ({
  at: Date.now(),
  actor: 'ada',
  action: 'deployment.request',
  subject: 'shop/staging',
  source: 'web:ops',
  result: 'done',
  details: { version: '1.0.0' },
  ...changes,
});

let test: TestDatabase;
const audit = () => test.database.stores.audit;

async function found(anchors: readonly ChainHead[] = []) {
  const { fault } = await verifyChain(audit(), anchors);
  return fault === null ? null : [fault.seq, fault.problem];
}

describe('the trail, changed by somebody who may do everything', () => {
  let head: ChainHead;
  beforeEach(async () => {
    test = await createTestDatabase();
    for (let index = 1; index <= 8; index += 1) await audit().append(record({ actor: `person-${index}` }));
    head = await audit().head();
    expect(await found([head])).toBeNull();
  });
  afterEach(() => test.drop());

  const recordOf = (seq: number) => `(SELECT record FROM audit_chain WHERE seq = ${seq})`;
  const cutAfter = (seq: number) => [
    `DELETE FROM audit WHERE id IN (SELECT record FROM audit_chain WHERE seq > ${seq})`,
    `DELETE FROM audit_chain WHERE seq > ${seq}`,
  ];

  it.each(['at = at + 1', `actor = 'eve'`, `action = 'x'`, `subject = 'x'`, `source = 'x'`, `result = 'refused'`, `details = '{}'`])(
    'shows the record that was edited: %s',
    async (change) => {
      await tamper(test.url, `UPDATE audit SET ${change} WHERE id = ${recordOf(4)}`);
      expect(await found()).toEqual([4, 'changed']);
    },
  );

  it('shows the record that was edited together with its hash', async () => {
    await tamper(
      test.url,
      `UPDATE audit SET actor = 'eve' WHERE id = ${recordOf(4)}`,
      `UPDATE audit_chain c SET hash = audit_hash(a, canonical_json(a.details), c.seq, c.linked_at, c.previous_hash)
         FROM audit a WHERE a.id = c.record AND c.seq = 4`,
    );
    expect(await found()).toEqual([4, 'replaced']);
  });

  it('shows the first record that was removed, with and without its link', async () => {
    await tamper(test.url, `DELETE FROM audit WHERE id = ${recordOf(6)}`);
    expect(await found()).toEqual([6, 'missing']);
    await tamper(test.url, 'DELETE FROM audit_chain WHERE seq = 3');
    expect(await found()).toEqual([3, 'missing']);
  });

  it('shows the first of those that were reordered', async () => {
    await tamper(
      test.url,
      'UPDATE audit_chain SET seq = 100 WHERE seq = 3',
      'UPDATE audit_chain SET seq = 3 WHERE seq = 5',
      'UPDATE audit_chain SET seq = 5 WHERE seq = 100',
    );
    expect(await found()).toEqual([3, 'changed']);
  });

  it('shows a record that was put beside the chain, and one that was put into it', async () => {
    const insert = `INSERT INTO audit (at, actor, action, subject, source, result, details) VALUES (1, 'eve', 'a', 's', 'x', 'done', '{}')`;
    await tamper(test.url, insert);
    expect(await found()).toEqual([null, 'not_linked']);
    await tamper(
      test.url,
      'UPDATE audit_chain SET seq = seq + 100 WHERE seq > 5',
      'UPDATE audit_chain SET seq = seq - 99 WHERE seq > 100',
      `INSERT INTO audit_chain SELECT 6, max(id), 1, (SELECT hash FROM audit_chain WHERE seq = 5), sha256('x') FROM audit`,
    );
    expect(await found()).toEqual([6, 'changed']);
  });

  it('shows a beginning that was removed without a checkpoint', async () => {
    await tamper(test.url, `DELETE FROM audit WHERE id <= ${recordOf(2)}`, 'DELETE FROM audit_chain WHERE seq <= 2');
    expect(await found()).toEqual([2, 'beginning_missing']);
  });

  it('shows an end that was cut off: by the head beside it, or else by the anchored one', async () => {
    await tamper(test.url, ...cutAfter(5));
    expect(await found()).toEqual([6, 'cut_off']);
    await tamper(test.url, `UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_chain WHERE seq = 5)`);
    expect(await found()).toBeNull();
    expect(await found([head])).toEqual([6, 'cut_off']);
    for (let index = 0; index < 5; index += 1) await audit().append(record());
    expect(await found([head])).toEqual([8, 'not_anchored']);
  });

  it('shows where an end was cut off also after others went on writing', async () => {
    await tamper(test.url, ...cutAfter(5));
    await audit().append(record());
    expect(await found()).toEqual([6, 'missing']);
  });
});

describe('the role that Shipmate works as', () => {
  beforeAll(async () => {
    test = await createTestDatabase();
    await audit().append(record());
  });
  afterAll(() => test.drop());

  it.each([
    `UPDATE audit SET actor = 'eve'`,
    'DELETE FROM audit',
    'TRUNCATE audit',
    `INSERT INTO audit (id, at, actor, action, subject, source, result, details) OVERRIDING SYSTEM VALUE VALUES (9, 1, 'e', 'a', 's', 'x', 'done', '{}')`,
    'ALTER TABLE audit DISABLE TRIGGER ALL',
    'ALTER TABLE audit DISABLE TRIGGER audit_is_linked',
    'DROP TRIGGER audit_is_linked ON audit',
    'CREATE TRIGGER mine BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()',
    'ALTER TABLE audit OWNER TO CURRENT_USER',
    'ALTER TABLE audit ADD COLUMN x int',
    'DROP TABLE audit',
    `INSERT INTO audit_chain VALUES (99, 99, 1, sha256('x'), sha256('y'))`,
    'UPDATE audit_chain SET record = 1',
    'DELETE FROM audit_chain',
    'TRUNCATE audit_chain',
    'UPDATE audit_head SET seq = 0',
    'DELETE FROM audit_head',
    'SELECT * FROM audit_head FOR UPDATE',
    'UPDATE audit_pruned SET through = 1000',
    'DELETE FROM kysely_migration',
    'DROP FUNCTION link_audit() CASCADE',
    'ALTER FUNCTION link_audit() SECURITY INVOKER',
    'CREATE OR REPLACE FUNCTION link_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    `CREATE OR REPLACE FUNCTION canonical_json(value jsonb) RETURNS text LANGUAGE sql AS $$ SELECT '' $$`,
    'CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'SET session_replication_role = replica',
    'SET ROLE shipmate',
    'ALTER ROLE CURRENT_USER SUPERUSER',
    `COPY audit FROM PROGRAM 'true'`,
    'LOCK TABLE audit IN ACCESS EXCLUSIVE MODE',
  ])('may not: %s', async (statement) => {
    await expect(runAll(test.appUrl, statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('may not append a checkpoint for what was not removed, nor by a name that looks like ours', async () => {
    const hash = '0'.repeat(64);
    await expect(audit().append(record({ action: 'audit.prune', details: { through: 1, hash } }))).rejects.toMatchObject({ code: '23001' });
    await runAll(
      test.appUrl,
      `CREATE TEMPORARY TABLE audit_head (one boolean, seq bigint, hash bytea, linked_at bigint)`,
      `INSERT INTO audit_head VALUES (true, 500, sha256('x'), 1)`,
      `CREATE TEMPORARY TABLE audit_chain (LIKE public.audit_chain)`,
      `CREATE FUNCTION pg_temp.canonical_json(value jsonb) RETURNS text LANGUAGE sql AS $$ SELECT '"x"' $$`,
      `INSERT INTO public.audit (at, actor, action, subject, source, result, details) VALUES (1, 'eve', 'a', 's', 'x', 'done', '{"real": 1}')`,
    );
    expect(await audit().head()).toMatchObject({ seq: 2 });
    expect(await found()).toBeNull();
  });

  it('reads and appends, and knows that it can do no more; the owner knows that it can', async () => {
    expect(await audit().list({ limit: 1 })).toHaveLength(1);
    expect(await audit().isChangeable()).toBe(false);
    const asOwner = new PostgresDatabase({ connectionString: test.url, logger: silentLogger });
    expect(await asOwner.stores.audit.isChangeable()).toBe(true);
    await asOwner.close();
  });
});

describe('records from before there was a chain', () => {
  it('are chained in the order in which they were written', async () => {
    test = await createTestDatabase({ isMigrated: false });
    const folder = join(import.meta.dirname, '../../../migrations');
    const names = (await readdir(folder)).sort();
    const earlier = names.filter((name) => name < '20261121T065000');
    const migrations: Record<string, Migration> = {};
    for (const name of earlier) migrations[name.replace(/\.ts$/, '')] = await import(join(folder, name));
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: test.url }) }) });
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    expect(error).toBeUndefined();
    await runAll(
      test.url,
      `INSERT INTO audit (at, actor, action, subject, source, result, details)
       SELECT n, 'person-' || n, 'a', 's', 'x', 'done', jsonb_build_object('n', n, 'ü', 1.50, 'list', jsonb_build_array(n, null)) FROM generate_series(1, 100) n`,
    );
    await db.destroy();
    await test.database.migrate();
    expect(await verifyChain(audit(), [])).toMatchObject({ checked: 100, first: 1, fault: null });
    await audit().append(record());
    expect(await verifyChain(audit(), [])).toMatchObject({ checked: 101, fault: null });
    await test.drop();
  });
});

describe('retention', () => {
  const now = Date.now();
  /** One record for each, so many days old. */
  function aged(...days: number[]): LinkedRecord[] {
    const chain: LinkedRecord[] = [];
    for (const one of aChain(days.length)) {
      const at = now - (days[one.seq - 1] ?? 0) * DAY + one.seq;
      chain.push(sealed({ ...one, at, linkedAt: at, previous: chain.at(-1)?.hash ?? one.previous }));
    }
    return chain;
  }

  beforeEach(async () => {
    test = await createTestDatabase();
    await storeChain(test.url, aged(100, 100, 100, 100, 100, 100, 50, 50, 50, 50));
    expect(await found()).toBeNull();
  });
  afterEach(() => test.drop());

  it('removes the oldest with a checkpoint, after which the rest still verifies', async () => {
    const anchor = (await audit().linkedAfter(5, { sinceMs: null, untilMs: null, app: null }, 1))[0]?.record;
    expect(await audit().prune(now, 'ada', 4)).toBe(4);
    expect(await audit().prune(now, 'ada', 4)).toBe(2);
    expect(await audit().prune(now, 'ada', 4)).toBe(0);
    expect(await verifyChain(audit(), [])).toMatchObject({ checked: 6, first: 7, last: { seq: 12 }, fault: null });
    expect(await found([{ seq: 6, hash: anchor?.hash ?? '' }])).toBeNull();
    expect((await audit().list({ limit: 20 })).map(({ action }) => action)).toEqual([
      'audit.prune',
      'audit.prune',
      ...Array(4).fill('deployment.request'),
    ]);
    expect(await audit().list({ limit: 1 })).toMatchObject([
      { actor: 'ada', subject: 'audit', details: { through: 6, hash: anchor?.hash, count: 2, role: 'shipmate_app' } },
    ]);
  });

  it('keeps what is younger than asked, and everything that stands behind it', async () => {
    expect(await audit().prune(now - 101 * DAY, 'ada', 100)).toBe(0);
    await tamper(test.url, `UPDATE audit SET at = ${now} WHERE id = (SELECT record FROM audit_chain WHERE seq = 3)`);
    expect(await audit().prune(now, 'ada', 100)).toBe(2);
  });

  it('goes by the database’s clock, not by the time that a record gives itself', async () => {
    await test.drop();
    test = await createTestDatabase();
    await storeChain(test.url, aged(100, 100));
    for (let index = 0; index < 3; index += 1) await audit().append(record({ at: 1 }));
    expect(await audit().prune(now, 'ada', 100)).toBe(2);
    expect(await audit().prune(now, 'ada', 100)).toBe(0);
  });

  it('removes nothing that does not verify', async () => {
    await tamper(test.url, `UPDATE audit SET actor = 'eve' WHERE id = (SELECT record FROM audit_chain WHERE seq = 3)`);
    await expect(audit().prune(now, 'ada', 100)).rejects.toMatchObject({ code: 'XX001' });
    expect(await found()).toEqual([3, 'changed']);
  });

  it('does not cover what was removed past it', async () => {
    expect(await audit().prune(now, 'ada', 2)).toBe(2);
    await tamper(
      test.url,
      'DELETE FROM audit WHERE id = (SELECT record FROM audit_chain WHERE seq = 3)',
      'DELETE FROM audit_chain WHERE seq = 3',
    );
    expect(await found()).toEqual([3, 'beginning_missing']);
    await expect(runAll(test.url, 'DELETE FROM audit')).rejects.toMatchObject({ code: '23001' });
    await expect(runAll(test.url, 'DELETE FROM audit_chain')).rejects.toMatchObject({ code: '23001' });
  });
});
