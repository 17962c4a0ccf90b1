import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createLogger } from '../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { readHistory } from '../src/application/read-history.ts';
import { parseWorkspace } from '../src/config/workspace.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { describeFinding } from '../src/ports/app-source.ts';
import type { Workspace } from '../src/ports/workspace.ts';
import { fillHistory, HISTORY } from '../test/support/postgres-history.ts';
import { createDatabase } from './support/create-database.ts';
import { CannotMeasure, runBench, say } from './support/run-bench.ts';
import { PERSON } from './support/stand.ts';
import { percentile, ratio, rounded } from './support/statistics.ts';

/**
 * `/history` over a million deployments in the real schema, with and without an environment, from the use case's call to
 * its answer. The baseline is the same question over a thousand deployments on the same server.
 */
const MANY = 1_000_000;
const FEW = 1_000;
/** What the chat command asks for. */
const LIMIT = 10;
/** Asked before the measurement, so that neither size pays for what this process has yet to compile. */
const WARM_UP = 50;

await runBench('history', 200, async (run) => {
  const count = Number(run.arguments[0] ?? MANY);
  if (!Number.isSafeInteger(count) || count < FEW) throw new CannotMeasure(`how many deployments? A whole number from ${FEW} on`);
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
  // Filled without waiting for the disk; nothing is written while it is measured.
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger, settings: { fsync: 'off' } });
  run.undo('Postgres', () => server.stop());
  const workspace = workspaceOf(folder);

  const measure = async (name: string, deployments: number): Promise<Record<string, number>> => {
    const connectionString = await createDatabase(server.url, name);
    const database = new PostgresDatabase({ connectionString, logger });
    run.undo(`database ${name}`, () => database.close());
    await database.migrate();
    const client = new pg.Client({ connectionString });
    await client.connect();
    const startedAt = performance.now();
    await fillHistory(client, deployments);
    await client.end();
    say(`${deployments} deployments stored in ${Math.round(performance.now() - startedAt)} ms`);
    const parts = { database, workspace: () => workspace, clock: { ...systemClock, now: () => HISTORY.now } };
    const [first = Number.NaN] = await timesOf(1, (round) => ask(parts, round, null));
    await timesOf(WARM_UP, (round) => ask(parts, round, null));
    const all = await timesOf(run.rounds, (round) => ask(parts, round, null));
    const one = await timesOf(run.rounds, (round) => ask(parts, round, 'production'));
    return {
      p50Ms: percentile(all, 0.5),
      p95Ms: percentile(all, 0.95),
      firstMs: rounded(first),
      oneEnvironmentP50Ms: percentile(one, 0.5),
      oneEnvironmentP95Ms: percentile(one, 0.95),
    };
  };
  const baseline = await measure('few', FEW);
  const figures = await measure('many', count);
  const ratios = Object.entries(figures).map(([name, figure]) => [name.replace(/Ms$/, ''), ratio(figure, baseline[name] ?? Number.NaN)]);
  return { figures, baseline, ratios: Object.fromEntries(ratios) };
});

/** Another app each time, so that no answer comes from the one before. */
async function ask(parts: Parameters<typeof readHistory>[0], round: number, environment: string | null): Promise<void> {
  const answer = await readHistory(parts, { person: PERSON, app: `app${round % HISTORY.apps}`, environment, limit: LIMIT });
  if (isRefusal(answer)) throw new Error(answer.message);
  if (answer.deployments.length === 0) throw new Error(`there is no history of app${round % HISTORY.apps}`);
}

async function timesOf(runs: number, question: (round: number) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    const startedAt = performance.now();
    await question(round);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** The apps and environments of the stored history. */
function workspaceOf(folder: string): Workspace {
  writeFileSync(join(folder, 'compose.yaml'), 'services: {}\n');
  const environments = Object.fromEntries(HISTORY.environments.map((name) => [name, {}]));
  const app = { description: 'An app', compose: 'compose.yaml', environments, roles: { owner: PERSON.id } };
  const apps = Object.fromEntries(Array.from({ length: HISTORY.apps }, (_, index) => [`app${index}`, app]));
  const people = { [PERSON.id]: { name: PERSON.name } };
  const file = { workspace: 'Bench', development: true, people, environments, channels: { deploys: {} }, apps };
  // JSON is YAML.
  const result = parseWorkspace(JSON.stringify(file), 'shipmate.yml', folder);
  if (!result.ok) throw new Error(result.findings.map(describeFinding).join('\n'));
  return result.workspace;
}
