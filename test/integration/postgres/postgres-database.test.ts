import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import { aMessage, store } from '../../contract/database-fixtures.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { type RestartablePostgres, startRestartablePostgres } from '../../support/postgres-server.ts';

async function run(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

describe('migrations', () => {
  let empty: TestDatabase;
  beforeAll(async () => {
    empty = await createTestDatabase({ isMigrated: false });
  });
  afterAll(() => empty.drop());

  it('run once, however many processes start at the same time', async () => {
    expect(await empty.database.pendingMigrations()).not.toEqual([]);
    const runs = await Promise.all([empty.database, empty.another(), empty.another(), empty.another()].map((each) => each.migrate()));
    expect(runs.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await empty.database.pendingMigrations()).toEqual([]);
    expect(await empty.database.migrate()).toEqual([]);
  });

  it('refuse a database that a newer version has migrated, naming what is unknown', async () => {
    await run(empty.url, `INSERT INTO kysely_migration (name, timestamp) VALUES ('29990101T000000-later', '2999-01-01T00:00:00Z')`);
    await expect(empty.database.migrate()).rejects.toMatchObject({
      code: 'database_newer',
      message: expect.stringContaining('29990101T000000-later'),
    });
    await expect(empty.database.pendingMigrations()).rejects.toMatchObject({ code: 'database_newer' });
  });
});

describe('what the database itself refuses', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  it.each(['UPDATE audit SET actor = $$x$$', 'DELETE FROM audit', 'TRUNCATE audit'])('to change the audit trail: %s', async (statement) => {
    await test.database.stores.audit.append({ at: 1, actor: 'ada', action: 'a', subject: 's', source: 'web', result: 'done', details: {} });
    await expect(run(test.url, statement)).rejects.toThrow('append-only');
  });

  it('a second running deployment of a stack, whoever writes it', async () => {
    const running = await store(test.database, { state: 'running' });
    const queued = await store(test.database, {});
    expect(queued.stack).toBe(running.stack);
    await expect(run(test.url, `UPDATE deployments SET state = 'running' WHERE id = '${queued.id}'`)).rejects.toMatchObject({
      code: '23505',
    });
  });

  it('a deployment without its release', async () => {
    const { id } = await store(test.database, { app: 'other' });
    await expect(run(test.url, `UPDATE deployments SET release_id = 'none' WHERE id = '${id}'`)).rejects.toMatchObject({ code: '23503' });
  });
});

describe('a process that hangs in the middle of a transaction', () => {
  it('does not keep another from taking over for longer than five seconds', async () => {
    const test = await createTestDatabase();
    try {
      const deployment = await store(test.database, {});
      const old = await test.database.stores.leases.acquire(deployment.stack, deployment.id, 'w1', 0);
      if (old === null) throw new Error('free');
      const hung = Promise.withResolvers<void>();
      const wrote = Promise.withResolvers<void>();
      const zombie = test.database.transact(async (stores) => {
        await stores.deployments.update(deployment.id, { startedAt: 7 }, old);
        wrote.resolve();
        await hung.promise;
      });
      zombie.catch(() => undefined);
      await wrote.promise;
      expect(await test.another().stores.leases.acquire(deployment.stack, deployment.id, 'w2', 60_000)).toMatchObject({ fence: 2 });
      hung.resolve();
      await expect(zombie).rejects.toThrow(StoreUnavailableError);
      expect((await test.database.stores.deployments.find(deployment.id))?.startedAt).toBeNull();
    } finally {
      await test.drop();
    }
  });
});

describe('a restart of the server', () => {
  let server: RestartablePostgres;
  let database: PostgresDatabase;
  beforeAll(async () => {
    server = await startRestartablePostgres();
    database = new PostgresDatabase({ connectionString: server.url, logger: silentLogger, poolSize: 4 });
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  it('fails calls as “unavailable” while it lasts; the same object works afterwards, with everything committed', async () => {
    const deployment = await store(database, {});
    const inTheMiddle = Promise.withResolvers<void>();
    const isDown = Promise.withResolvers<void>();
    const interrupted = database.transact(async (stores) => {
      await stores.deployments.update(deployment.id, { startedAt: 7 }, null);
      inTheMiddle.resolve();
      await isDown.promise;
      await stores.deployments.find(deployment.id);
    });
    await inTheMiddle.promise;
    await server.down();
    isDown.resolve();
    await expect(interrupted).rejects.toThrow(StoreUnavailableError);
    await expect(database.ping()).rejects.toThrow(StoreUnavailableError);
    await expect(database.stores.deployments.find(deployment.id)).rejects.toThrow(StoreUnavailableError);
    await expect(database.transact((stores) => stores.deployments.find(deployment.id))).rejects.toThrow(StoreUnavailableError);
    await expect(database.notify(database.stores, 'message', '1')).rejects.toThrow(StoreUnavailableError);
    await expect(database.migrate()).rejects.toThrow(StoreUnavailableError);
    await server.up();
    await vi.waitFor(() => database.ping(), { timeout: 5_000 });
    expect(await database.stores.deployments.find(deployment.id)).toEqual(deployment);
  });

  it('is told to listeners as “anything may have changed”, and notifications arrive again', async () => {
    const heard: string[] = [];
    const listening = await database.listen('message', (id) => heard.push(id));
    await server.down();
    await server.up();
    await vi.waitFor(() => expect(heard).toContain('*'), { timeout: 10_000 });
    const id = randomUUID();
    await database.transact(async (stores) => {
      await stores.messages.insert(aMessage());
      await database.notify(stores, 'message', id);
    });
    await vi.waitFor(() => expect(heard.at(-1)).toBe(id));
    await listening.stop();
  });

  it('is tried again by nobody once the database is closed', async () => {
    const other = new PostgresDatabase({ connectionString: server.url, logger: silentLogger });
    await other.listen('message', () => undefined);
    await server.down();
    await other.close();
    await server.up();
    const listeners = async () => {
      const { rows } = await run(server.url, `SELECT 1 FROM pg_stat_activity WHERE application_name = 'shipmate listener'`);
      return rows.length;
    };
    // The one of the test before comes back, and it alone.
    await expect.poll(listeners, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await listeners()).toBe(1);
  });
});
