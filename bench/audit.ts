import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createLogger } from '../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { verifyChain } from '../src/application/verify-audit-trail.ts';
import { runBench, say } from './support/run-bench.ts';
import { percentile, ratio, rounded } from './support/statistics.ts';

/**
 * What the chain of the audit trail costs: short transactions, each with one record, by 50 writers at once on a server that
 * waits for its disk as in production. The baseline is the same without the trigger that links. Then the chain is verified.
 */
const WRITERS = 50;

await runBench('audit', 100, async (run) => {
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger });
  run.undo('Postgres', () => server.stop());

  const open = async (name: string, isLinked: boolean): Promise<PostgresDatabase> => {
    const url = new URL(server.url);
    await query(server.url, `CREATE DATABASE ${name}`);
    url.pathname = `/${name}`;
    const database = new PostgresDatabase({ connectionString: url.href, logger, poolSize: WRITERS });
    run.undo(`database ${name}`, () => database.close());
    await database.migrate();
    if (!isLinked) await query(url.href, 'DROP TRIGGER audit_is_linked ON audit');
    return database;
  };
  const without = await open('without', false);
  const linked = await open('linked', true);
  await Promise.all([write(without, 5), write(linked, 5)]);
  const baseline = await write(without, run.rounds);
  const figures = await write(linked, run.rounds);

  const startedAt = performance.now();
  const { checked, fault } = await verifyChain(linked.stores.audit, []);
  if (fault !== null) throw new Error(fault.message);
  const verifiedPerSecond = Math.round((checked * 1000) / (performance.now() - startedAt));
  say(`${checked} records verified`);
  return {
    figures: { ...figures, verifiedPerSecond },
    baseline,
    ratios: { perSecond: ratio(figures.perSecond, baseline.perSecond), p95: ratio(figures.p95Ms, baseline.p95Ms) },
  };
});

/** Every writer runs so many transactions, one after another. */
async function write(database: PostgresDatabase, rounds: number) {
  const times: number[] = [];
  const startedAt = performance.now();
  const writer = async (_: unknown, name: number) => {
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await database.transact(async (stores) => {
        await stores.inbox.accept(`bench-${name}`, `${round}-${began}`, 1);
        await stores.audit.append({
          at: systemClock.now(),
          actor: `writer-${name}`,
          action: 'deployment.request',
          subject: 'shop/staging',
          source: 'bench:none',
          result: 'done',
          details: { deployment: '01hx', version: `1.${round}.0`, planHash: 'f'.repeat(64), reason: null },
        });
      });
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: Math.round(times.length / seconds),
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    seconds: rounded(seconds),
  };
}

async function query(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
