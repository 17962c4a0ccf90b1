import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ServiceProgress, StageReport } from '../../src/domain/deployment.ts';
import type { EngineServiceSpec } from '../../src/domain/observed.ts';
import type { Fence } from '../../src/ports/database.ts';
import { storable, storableText } from './documents.ts';
import { heldLease } from './held-lease.ts';
import type { Tables } from './schema.ts';

/**
 * What a rollout writes beside its deployment. Each write is one statement: it locks the lease, writes only while the
 * fence is held, bumps the deployment's revision for the projections, and says whether the fence was held.
 */
async function writeWhileHeld(db: Kysely<Tables>, fence: Fence, write: RawBuilder<unknown>): Promise<boolean> {
  const result = await sql<{ held: boolean }>`
    WITH held AS MATERIALIZED (${heldLease(fence)}),
    written AS (${write}),
    bumped AS (UPDATE deployments SET revision = revision + 1 WHERE id = ${fence.deploymentId} AND EXISTS (SELECT 1 FROM held))
    SELECT EXISTS (SELECT 1 FROM held) AS held`.execute(db);
  return result.rows[0]?.held === true;
}

/** Recorded once: what a resumed rollout finds on the engine then may already be our own write. */
export function savePrevious(db: Kysely<Tables>, service: string, previous: EngineServiceSpec | null, fence: Fence): Promise<boolean> {
  return writeWhileHeld(
    db,
    fence,
    sql`INSERT INTO deployment_previous (deployment_id, service, previous)
      SELECT ${fence.deploymentId}, ${service}, ${previous === null ? null : storable(previous)}::jsonb FROM held
      ON CONFLICT (deployment_id, service) DO NOTHING`,
  );
}

export async function findPrevious(db: Kysely<Tables>, id: string): Promise<ReadonlyMap<string, EngineServiceSpec | null>> {
  const rows = await db
    .selectFrom('deployment_previous')
    .select(['service', 'previous'])
    .where('deployment_id', '=', id)
    .orderBy('service')
    .execute();
  return new Map(rows.map((row) => [row.service, row.previous as EngineServiceSpec | null]));
}

export function saveProgress(db: Kysely<Tables>, progress: readonly ServiceProgress[], fence: Fence): Promise<boolean> {
  return writeWhileHeld(
    db,
    fence,
    sql`INSERT INTO deployment_progress (deployment_id, progress)
      SELECT ${fence.deploymentId}, ${storable(progress)}::jsonb FROM held
      ON CONFLICT (deployment_id) DO UPDATE SET progress = excluded.progress`,
  );
}

export async function findProgress(db: Kysely<Tables>, id: string): Promise<readonly ServiceProgress[]> {
  const row = await db.selectFrom('deployment_progress').select('progress').where('deployment_id', '=', id).executeTakeFirst();
  return row === undefined ? [] : (row.progress as readonly ServiceProgress[]);
}

/** A stage's attempt is written again and again until it ends; a further attempt is a further row. */
export function saveStage(db: Kysely<Tables>, report: StageReport, fence: Fence): Promise<boolean> {
  return writeWhileHeld(
    db,
    fence,
    sql`INSERT INTO deployment_stages (deployment_id, stage, attempt, state, started_at, finished_at, lines)
      SELECT ${fence.deploymentId}, ${storableText(report.stage)}, ${report.attempt}::integer, ${report.state},
        ${report.startedAt}::bigint, ${report.finishedAt}::bigint, ${storable(report.lines)}::jsonb FROM held
      ON CONFLICT (deployment_id, stage, attempt) DO UPDATE SET state = excluded.state, started_at = excluded.started_at,
        finished_at = excluded.finished_at, lines = excluded.lines`,
  );
}

/** In the order in which they began. */
export async function findStages(db: Kysely<Tables>, id: string): Promise<readonly StageReport[]> {
  const rows = await db
    .selectFrom('deployment_stages')
    .select(['stage', 'state', 'attempt', 'started_at', 'finished_at', 'lines'])
    .where('deployment_id', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    stage: row.stage as StageReport['stage'],
    state: row.state as StageReport['state'],
    attempt: row.attempt,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    lines: row.lines as readonly string[],
  }));
}
