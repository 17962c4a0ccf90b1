import type pg from 'pg';
import type { Stores } from '../../src/ports/database.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

/**
 * `count` finished deployments over three years, of 50 apps in 4 environments, with a plan of about 3 kB each. Written
 * without triggers and without waiting for the disk, then analysed as the server does it by itself after a while.
 */
export async function fillHistory(client: pg.Client, count: number): Promise<void> {
  await client.query('SET session_replication_role = replica');
  await client.query(
    `INSERT INTO releases (id, app, environment, version, spec, spec_hash, created_at)
     SELECT 'r' || n, 'app' || n % 50, 'staging', '1.' || n, '{}', 'h' || n, $1::bigint - n FROM generate_series(0, 199) n`,
    [NOW],
  );
  await client.query(
    `WITH plan AS (SELECT jsonb_build_object('services', jsonb_agg(jsonb_build_object('service', n, 'image', md5(n::text), 'changes', md5(random()::text)))) AS value
       FROM generate_series(1, 25) n)
     INSERT INTO deployments (id, kind, app, environment, stack, release_id, version, requester, state, direction, plan, plan_hash,
       requested_at, started_at, finished_at, revision)
     SELECT md5(n::text), 'deploy', app, environment, app || '-' || environment, 'r' || n % 200, '1.' || n, '{"id":"ada","name":"Ada"}',
       CASE WHEN n % 20 = 0 THEN 'rolled_back' WHEN n % 33 = 0 THEN 'cancelled' ELSE 'succeeded' END, 'forward', plan.value, 'hash',
       at, at + 100, at + 100 + n % 60000, 5
     FROM (SELECT n, 'app' || n % 50 AS app, (ARRAY['development', 'testing', 'staging', 'production'])[1 + n / 50 % 4] AS environment,
         ($1::bigint - ($2::bigint - n) * (3 * 365 * $3::bigint) / $2::bigint) AS at
       FROM generate_series(1, $2::int) n) made, plan`,
    [NOW, count, DAY_MS],
  );
  await client.query('SET session_replication_role = origin');
  await client.query('VACUUM ANALYZE deployments');
}

type Question = { readonly name: string; readonly ask: (stores: Stores) => Promise<unknown> };

const questions: readonly Question[] = [
  { name: 'the newest of a stack', ask: ({ deployments }) => deployments.list({ stack: 'app7-staging', limit: 20 }) },
  { name: 'the newest of an app', ask: ({ deployments }) => deployments.list({ app: 'app7', limit: 20 }) },
  {
    name: 'the newest of an app in an environment',
    ask: ({ deployments }) => deployments.list({ app: 'app7', environment: 'production', limit: 20 }),
  },
  { name: 'the newest of all', ask: ({ deployments }) => deployments.list({ limit: 20 }) },
  {
    name: 'the newest that failed',
    ask: ({ deployments }) => deployments.list({ states: ['failed', 'rolled_back', 'errored'], limit: 20 }),
  },
  {
    name: 'a page from two years ago',
    ask: ({ deployments }) => deployments.list({ stack: 'app7-staging', before: NOW - 730 * DAY_MS, limit: 20 }),
  },
  { name: 'figures of a stack over a month', ask: ({ deployments }) => deployments.statistics(['app7-staging'], NOW - 30 * DAY_MS) },
  {
    name: 'figures of an app over a month',
    ask: ({ deployments }) => deployments.statistics(['app7-staging', 'app7-production'], NOW - 30 * DAY_MS),
  },
  { name: 'the typical duration of a stack', ask: ({ deployments }) => deployments.typicalDurationMs('app7-staging') },
  { name: 'who asked for deployments in an hour', ask: ({ deployments }) => deployments.askedSince('app7-staging', NOW - 3_600_000) },
  { name: 'the queue of a stack', ask: ({ deployments }) => deployments.queueOf('app7-staging') },
  { name: 'what may run', ask: ({ deployments }) => deployments.runnable(NOW) },
  { name: 'a deployment by its short form', ask: ({ deployments }) => deployments.findByPrefix('c4ca4238') },
];

/** What people and the reconciler ask of the history. */
export const HISTORY = { questions, now: NOW, apps: 50, environments: ['development', 'testing', 'staging', 'production'] };
