import { type Kysely, sql } from 'kysely';
import type { Fence, LeaseStore } from '../../src/ports/database.ts';
import type { Tables } from './schema.ts';

/** One row per stack for ever, so that its fence only grows. All expiry is by the database's clock. */
export class PostgresLeaseStore implements LeaseStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async acquire(stack: string, deploymentId: string, holder: string, ttlMs: number, above = 0): Promise<Fence | null> {
    // clock_timestamp(), not now(): the statement may have waited for another taker, and `now()` stands still in a transaction.
    const result = await sql<{ fence: number }>`
      INSERT INTO leases AS lease (stack, fence, deployment_id, holder, expires_at)
      VALUES (${stack}, ${above + 1}::bigint, ${deploymentId}, ${holder}, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
      ON CONFLICT (stack) DO UPDATE SET
        fence = greatest(lease.fence, ${above}::bigint) + 1,
        deployment_id = excluded.deployment_id,
        holder = excluded.holder,
        expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
      WHERE lease.deployment_id IS NULL
        OR lease.expires_at <= clock_timestamp()
        OR (lease.deployment_id = excluded.deployment_id AND lease.holder = excluded.holder)
      RETURNING fence`.execute(this.#db);
    const fence = result.rows[0]?.fence;
    return fence === undefined ? null : { stack, deploymentId, fence };
  }

  /** A lease that expired while the database was away and that nobody took is still ours to renew. */
  async renew(fence: Fence, ttlMs: number): Promise<boolean> {
    const result = await sql`
      UPDATE leases SET expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
      WHERE stack = ${fence.stack} AND deployment_id = ${fence.deploymentId} AND fence = ${fence.fence}`.execute(this.#db);
    return result.numAffectedRows === 1n;
  }

  async isHeld(fence: Fence): Promise<boolean> {
    const result = await sql`
      SELECT 1 FROM leases WHERE stack = ${fence.stack} AND deployment_id = ${fence.deploymentId} AND fence = ${fence.fence}
        AND expires_at > clock_timestamp()`.execute(this.#db);
    return result.rows.length === 1;
  }

  async release(fence: Fence): Promise<void> {
    await sql`
      UPDATE leases SET deployment_id = NULL, holder = NULL, expires_at = clock_timestamp()
      WHERE stack = ${fence.stack} AND deployment_id = ${fence.deploymentId} AND fence = ${fence.fence}`.execute(this.#db);
  }

  async holderOf(stack: string): Promise<{ deploymentId: string; holder: string; fence: number; isExpired: boolean } | null> {
    const result = await sql<{ deploymentId: string; holder: string; fence: number; isExpired: boolean }>`
      SELECT deployment_id AS "deploymentId", holder, fence, expires_at <= clock_timestamp() AS "isExpired"
      FROM leases WHERE stack = ${stack} AND deployment_id IS NOT NULL`.execute(this.#db);
    return result.rows[0] ?? null;
  }
}
