import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fillHistory, HISTORY } from '../../support/postgres-history.ts';

/** Enough that a scan would show, few enough to fill quickly; bench/history.ts measures a million. */
const DEPLOYMENTS = 50_000;

describe('history', () => {
  let test: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    test = await createTestDatabase();
    client = new pg.Client({ connectionString: test.url });
    await client.connect();
    await fillHistory(client, DEPLOYMENTS);
  });
  afterAll(async () => {
    await client.end();
    await test.drop();
  });

  it.each(HISTORY.questions)('answers “$name” without reading the whole table', async ({ ask }) => {
    await client.query('SELECT pg_stat_reset()');
    const reader = test.another();
    await ask(reader.stores);
    // A session's counters are published when it ends.
    await reader.close();
    await expect.poll(async () => (await rowsRead()).index, { timeout: 15_000 }).toBeGreaterThan(0);
    const { sequential } = await rowsRead();
    expect(sequential).toBeLessThan(DEPLOYMENTS / 2);
  });

  async function rowsRead(): Promise<{ sequential: number; index: number }> {
    const { rows } = await client.query<{ sequential: number; index: number }>(
      `SELECT seq_tup_read::int AS sequential, idx_scan::int AS index FROM pg_stat_user_tables WHERE relname = 'deployments'`,
    );
    return rows[0] ?? { sequential: 0, index: 0 };
  }
});
