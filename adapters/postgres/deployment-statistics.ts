import { type Kysely, sql } from 'kysely';
import type { AskedOften } from '../../src/domain/deployment-share.ts';
import type { DeploymentStatistics } from '../../src/ports/database.ts';
import type { Tables } from './schema.ts';

/** How many of the newest successes tell how long the next one may take. */
const TYPICAL_OF = 20;

export async function readTypicalDuration(db: Kysely<Tables>, stack: string): Promise<number | null> {
  const result = await sql<{ median: number | null }>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) AS median FROM (
      SELECT finished_at - started_at AS duration FROM deployments
      WHERE stack = ${stack} AND finished_at IS NOT NULL AND state = 'succeeded' AND started_at IS NOT NULL
      ORDER BY finished_at DESC LIMIT ${TYPICAL_OF}
    ) AS newest`.execute(db);
  return rounded(result.rows[0]?.median);
}

/**
 * Of the deployments that finished since then: all of them, those that succeeded, and those that were bad or broke (failed,
 * errored, rolled back; a cancelled, rejected or expired one is neither). The median is that of the successes.
 */
export async function readStatistics(db: Kysely<Tables>, stacks: readonly string[], sinceMs: number): Promise<DeploymentStatistics> {
  const result = await sql<{ total: number; succeeded: number; failed: number; median: number | null }>`
    SELECT count(*) AS total,
      count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
      count(*) FILTER (WHERE state IN ('failed', 'errored', 'rolled_back')) AS failed,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY finished_at - started_at) FILTER (WHERE state = 'succeeded') AS median
    FROM deployments WHERE finished_at IS NOT NULL AND finished_at >= ${sinceMs} AND stack = any(${stacks})`.execute(db);
  const row = result.rows[0];
  return {
    total: row?.total ?? 0,
    succeeded: row?.succeeded ?? 0,
    failed: row?.failed ?? 0,
    medianDurationMs: rounded(row?.median),
  };
}

/** By the index over a stack's newest: an hour of it is a few rows. */
export async function readAskedSince(db: Kysely<Tables>, stack: string, sinceMs: number): Promise<readonly AskedOften[]> {
  const result = await sql<AskedOften>`
    SELECT requester->>'id' AS requester, count(*) AS count, min(requested_at) AS "oldestAt" FROM deployments
    WHERE stack = ${stack} AND requested_at >= ${sinceMs} AND kind = 'deploy' AND clearance IS DISTINCT FROM 'break_glass'
    GROUP BY 1`.execute(db);
  return result.rows;
}

function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value);
}
