import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeploymentQueue } from '../../../adapters/bullmq/deployment-queue.ts';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { runAll } from '../../support/stored-audit.ts';

let test: TestDatabase;
let roles: string[];
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  test = await createTestDatabase({ isMigrated: false });
  roles = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  for (const role of roles)
    await runAll(test.url, `REASSIGN OWNED BY ${role} TO CURRENT_USER`, `DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
  await test.drop();
});

function open(connectionString: string, ownerUrl: string | null): PostgresDatabase {
  const database = new PostgresDatabase({ connectionString, ownerUrl, logger: silentLogger, poolSize: 2 });
  opened.push(database);
  return database;
}

function openQueue(connectionString: string) {
  const queue = createDeploymentQueue({ redisUrl: null, connectionString, logger: silentLogger });
  opened.push({ close: () => queue.close(0) });
  return queue;
}

/** The address of a role that nobody has made. */
function newRole(password = randomBytes(9).toString('hex')): { role: string; url: string } {
  const role = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(test.url);
  url.username = role;
  url.password = encodeURIComponent(password);
  roles.push(role);
  return { role, url: url.href };
}

const record = { at: 1, actor: 'ada', action: 'a', subject: 's', source: 'x', result: 'done' as const, details: {} };

describe('the two roles of the database', () => {
  it('are made by the migrations, the second with the password of its address', async () => {
    const { url } = newRole('a+b/c:d@e%f~');
    const database = open(url, test.url);
    expect((await database.migrate()).length).toBeGreaterThan(5);
    await database.stores.audit.append(record);
    expect(await database.stores.audit.isChangeable()).toBe(false);
    const queue = openQueue(url);
    await queue.wake('d1');
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    expect(await database.migrate()).toEqual([]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(open(wrong.href, null).ping()).rejects.toThrow(/password authentication failed/);
  });

  it('can be given to a database that one role has had, queue included, and nothing is lost but the queue', async () => {
    const before = open(test.url, null);
    await before.migrate();
    await before.stores.audit.append(record);
    await openQueue(test.url).wake('d1');
    expect(await before.stores.audit.isChangeable()).toBe(true);

    const after = open(test.appUrl, test.url);
    expect(await after.migrate()).toEqual([]);
    expect(await after.stores.audit.list({ limit: 5 })).toHaveLength(1);
    expect(await after.stores.audit.isChangeable()).toBe(false);
    const queue = openQueue(test.appUrl);
    await queue.wake('d2');
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    // A second time leaves what is the application's own by now.
    await after.migrate();
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  it('are given at the same time by several processes', async () => {
    const { url } = newRole();
    const done = await Promise.all([1, 2, 3].map(() => open(url, test.url).migrate()));
    expect(done.filter((names) => names.length > 0)).toHaveLength(1);
  });

  it('start nothing without the owner’s address as long as migrations are pending, and say what to run', async () => {
    await expect(open(test.appUrl, null).migrate()).rejects.toMatchObject({
      code: 'migration_not_allowed',
      message: expect.stringContaining('`shipmate migrate` with DATABASE_MIGRATION_URL'),
    });
    await open(test.appUrl, test.url).migrate();
    expect(await open(test.appUrl, null).migrate()).toEqual([]);
  });

  it('say what an administrator has to do when the owner may not make the second', async () => {
    const owner = newRole();
    const { role, url } = newRole();
    const { password } = new URL(owner.url);
    await runAll(test.url, `CREATE ROLE ${owner.role} LOGIN PASSWORD '${password}'`, `CREATE ROLE ${role}`, `DROP ROLE ${role}`);
    await runAll(
      test.url,
      `ALTER SCHEMA public OWNER TO ${owner.role}`,
      `ALTER DATABASE ${new URL(test.url).pathname.slice(1)} OWNER TO ${owner.role}`,
    );
    await expect(open(url, owner.url).migrate()).rejects.toMatchObject({
      code: 'app_role_missing',
      message: expect.stringContaining(`CREATE ROLE "${role}" LOGIN`),
    });
    await runAll(test.url, `CREATE ROLE ${role} LOGIN PASSWORD '${new URL(url).password}'`);
    const database = open(url, owner.url);
    await database.migrate();
    await database.stores.audit.append(record);
    await expect(runAll(url, 'DELETE FROM audit')).rejects.toMatchObject({ code: '42501' });
  });

  it('never put the password of the second into a statement', async () => {
    const { role, url } = newRole('hunter2hunter2');
    const seen: string[] = [];
    const query = pg.Client.prototype.query;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      seen.push(JSON.stringify(args[0]) ?? '');
      return Reflect.apply(query, this, args);
    } as typeof query;
    try {
      await open(url, test.url).migrate();
    } finally {
      pg.Client.prototype.query = query;
    }
    expect(seen.join('\n')).toContain(`CREATE ROLE \\"${role}\\" LOGIN PASSWORD 'SCRAM-SHA-256$`);
    expect(seen.join('\n')).not.toContain('hunter2');
  });
});
