import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, vi } from 'vitest';

/** PostgreSQL's immediate shutdown (SIGQUIT, as `pg_ctl stop -m immediate`): no checkpoint, and recovery at the next start. */
export async function endAtOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // It is cut off by what it asks for.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  await client.end();
  const pid = Number(readFileSync(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 20_000 });
}
