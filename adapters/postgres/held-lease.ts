import { type RawBuilder, sql } from 'kysely';
import type { Fence } from '../../src/ports/database.ts';

/**
 * Selects one row while the lease still has this fence and deployment, and locks it until the end of the transaction: a
 * newer owner's taking waits for the write that this guards, or the write sees the newer fence and does nothing.
 * (Under READ COMMITTED a locking read looks again at the row's newest version; a plain one would use the statement's snapshot.)
 * Expiry is not looked at: a lease that nobody took over still guards against nobody.
 */
export function heldLease(fence: Fence): RawBuilder<unknown> {
  return sql`SELECT 1 FROM leases
    WHERE stack = ${fence.stack} AND deployment_id = ${fence.deploymentId} AND fence = ${fence.fence} FOR SHARE`;
}
