import { type Kysely, sql } from 'kysely';
import type { Deployment, Hold, Person, ServiceProgress, StageReport, Supersession } from '../../src/domain/deployment.ts';
import type { AskedOften } from '../../src/domain/deployment-share.ts';
import { canTransition, DEPLOYMENT_STATES, type DeploymentState, isOpen } from '../../src/domain/deployment-state.ts';
import type { EngineServiceSpec } from '../../src/domain/observed.ts';
import type { DeploymentChanges, DeploymentFilter, DeploymentStatistics, DeploymentStore, Fence } from '../../src/ports/database.ts';
import { FenceLostError } from '../../src/ports/faults.ts';
import { DEPLOYMENT_COLUMNS, toChangedColumns, toDeployment, toDeploymentRow } from './deployment-rows.ts';
import { readAskedSince, readStatistics, readTypicalDuration } from './deployment-statistics.ts';
import { storable } from './documents.ts';
import { heldLease } from './held-lease.ts';
import { findPrevious, findProgress, findStages, savePrevious, saveProgress, saveStage } from './rollout-records.ts';
import type { Tables } from './schema.ts';

const OPEN_STATES = DEPLOYMENT_STATES.filter(isOpen);
const WAITING_STATES = OPEN_STATES.filter((state) => state !== 'running');
/** The name of the lock under which one request at a time supersedes others in a stack (two-key advisory locks). */
const QUEUE_LOCK = 5354;
/** What is shorter was not copied from anywhere: it would find some deployment by chance. */
const SHORTEST_PREFIX = 4;

export class PostgresDeploymentStore implements DeploymentStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert(deployment: Deployment, deliveryId: string | null): Promise<void> {
    await this.#db.insertInto('deployments').values(toDeploymentRow(deployment, deliveryId)).execute();
  }

  async find(id: string): Promise<Deployment | null> {
    const row = await this.#db.selectFrom('deployments').select(DEPLOYMENT_COLUMNS).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toDeployment(row);
  }

  async findByDelivery(platform: string, deliveryId: string): Promise<Deployment | null> {
    const row = await this.#db
      .selectFrom('deployments')
      .select(DEPLOYMENT_COLUMNS)
      .where('delivery_platform', '=', platform)
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst();
    return row === undefined ? null : toDeployment(row);
  }

  async findByPrefix(prefix: string): Promise<Deployment | null> {
    if (prefix.length < SHORTEST_PREFIX) return null;
    // Ids are compared bytewise: everything that starts with the prefix lies between it and it with the highest character.
    const rows = await this.#db
      .selectFrom('deployments')
      .select(DEPLOYMENT_COLUMNS)
      .where('id', '>=', prefix)
      .where('id', '<', `${prefix}\u{10FFFF}`)
      .limit(2)
      .execute();
    const [only, another] = rows;
    return only === undefined || another !== undefined ? null : toDeployment(only);
  }

  async list(filter: DeploymentFilter): Promise<readonly Deployment[]> {
    let query = this.#db.selectFrom('deployments').select(DEPLOYMENT_COLUMNS);
    if (filter.stack !== undefined) query = query.where('stack', '=', filter.stack);
    if (filter.app !== undefined) query = query.where('app', '=', filter.app);
    if (filter.environment !== undefined) query = query.where('environment', '=', filter.environment);
    if (filter.states !== undefined) query = query.where('state', '=', sql<string>`any(${filter.states})`);
    if (filter.before !== undefined) query = query.where('requested_at', '<', filter.before);
    const rows = await query.orderBy('requested_at', 'desc').orderBy('seq', 'desc').limit(filter.limit).execute();
    return rows.map(toDeployment);
  }

  async transition(
    id: string,
    from: DeploymentState,
    to: DeploymentState,
    changes: DeploymentChanges,
    fence: Fence | null,
  ): Promise<boolean> {
    if (!canTransition(from, to)) throw new Error(`a deployment never goes from ${from} to ${to}`);
    requireOwnFence(id, fence);
    let query = this.#db
      .updateTable('deployments')
      .set({ ...toChangedColumns(changes), state: to, hold: null })
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('id', '=', id)
      .where('state', '=', from);
    if (fence !== null) query = query.where(sql<boolean>`EXISTS (${heldLease(fence)})`);
    if (to === 'running') {
      // The unique index decides in any case; looking first answers false instead of breaking the caller's transaction.
      query = query.where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM deployments other WHERE other.stack = deployments.stack AND other.state = 'running')`,
      );
    }
    const result = await query.executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async update(id: string, changes: DeploymentChanges, fence: Fence | null): Promise<boolean> {
    requireOwnFence(id, fence);
    let query = this.#db
      .updateTable('deployments')
      .set(toChangedColumns(changes))
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('id', '=', id);
    if (fence !== null) query = query.where(sql<boolean>`EXISTS (${heldLease(fence)})`);
    const result = await query.executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async hold(id: string, hold: Hold | null, fence: Fence | null): Promise<boolean> {
    requireOwnFence(id, fence);
    let query = this.#db
      .updateTable('deployments')
      .set({ hold: hold === null ? null : storable(hold) })
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('id', '=', id)
      .where('state', '=', 'queued');
    if (hold === null) query = query.where('hold', 'is not', null);
    if (fence !== null) query = query.where(sql<boolean>`EXISTS (${heldLease(fence)})`);
    const result = await query.executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async held(limit: number, after: string | null): Promise<readonly Deployment[]> {
    let query = this.#db
      .selectFrom('deployments')
      .select(DEPLOYMENT_COLUMNS)
      .where('state', '=', 'queued')
      .where('hold', 'is not', null)
      .orderBy('requested_at')
      .orderBy('seq')
      .limit(limit);
    if (after !== null) {
      query = query.where(
        sql<boolean>`(requested_at, seq) > (SELECT last.requested_at, last.seq FROM deployments last WHERE last.id = ${after})`,
      );
    }
    return (await query.execute()).map(toDeployment);
  }

  /** True when the deployment is open and can still go back: the request stands then, and the first one who asked is remembered. */
  async requestCancel(id: string, by: Person): Promise<boolean> {
    const result = await this.#db
      .updateTable('deployments')
      .set((eb) => ({
        cancel_requested_by: sql<string>`coalesce(cancel_requested_by, ${storable(by)}::jsonb)`,
        revision: eb('revision', '+', 1),
      }))
      .where('id', '=', id)
      .where('state', 'in', OPEN_STATES)
      // From clean-up on the release stays: a request that comes now would be accepted and never looked at.
      .where((eb) => eb.or([eb('stage', 'is', null), eb('stage', '!=', 'clean_up'), eb('direction', '=', 'back')]))
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async supersedeWaiting(stack: string, by: Supersession, atMs: number): Promise<readonly Deployment[]> {
    // A statement of its own: the update's snapshot must be taken after the lock, or it would not see what the holder before wrote.
    await this.lockQueue(stack);
    const rows = await this.#db
      .updateTable('deployments')
      .set({ state: 'cancelled', finished_at: atMs, superseded_by: storable(by), hold: null })
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('stack', '=', stack)
      .where('state', 'in', WAITING_STATES)
      .where('id', '!=', by.deployment)
      .returning(DEPLOYMENT_COLUMNS)
      .execute();
    return rows.map(toDeployment);
  }

  async lockQueue(stack: string): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${QUEUE_LOCK}, hashtext(${stack}))`.execute(this.#db);
  }

  /** The running one, then broken glass, the others that may run, those set aside, and those that still wait for a decision; each in the order of the requests. */
  async queueOf(stack: string): Promise<readonly Deployment[]> {
    const rows = await this.#db
      .selectFrom('deployments')
      .select(DEPLOYMENT_COLUMNS)
      .where('stack', '=', stack)
      .where('state', 'in', OPEN_STATES)
      .orderBy(
        sql`CASE WHEN state = 'running' THEN 0 WHEN state <> 'queued' THEN 4 WHEN hold IS NOT NULL THEN 3 WHEN clearance = 'break_glass' THEN 1 ELSE 2 END`,
      )
      .orderBy('requested_at')
      .orderBy('seq')
      .execute();
    return rows.map(toDeployment);
  }

  /** Whether a lease lives is decided by the database's clock, which its holder renews it by; the caller's time is not asked. */
  async runnable(_nowMs: number): Promise<readonly { id: string; stack: string }[]> {
    const result = await sql<{ id: string; stack: string }>`
      SELECT DISTINCT ON (stack) id, stack FROM deployments
      WHERE (state = 'running' OR (state = 'queued' AND hold IS NULL))
        AND NOT EXISTS (SELECT 1 FROM leases
          WHERE leases.stack = deployments.stack AND leases.deployment_id IS NOT NULL AND leases.expires_at > clock_timestamp())
      ORDER BY stack, state = 'running' DESC, clearance IS NOT DISTINCT FROM 'break_glass' DESC, requested_at, seq`.execute(this.#db);
    return result.rows;
  }

  async recordPrevious(id: string, service: string, previous: EngineServiceSpec | null, fence: Fence): Promise<void> {
    requireOwnFence(id, fence);
    const isHeld = await savePrevious(this.#db, service, previous, fence);
    if (!isHeld) throw new FenceLostError(`deployment ${id} no longer owns ${fence.stack}`);
  }

  previousOf(id: string): Promise<ReadonlyMap<string, EngineServiceSpec | null>> {
    return findPrevious(this.#db, id);
  }

  saveProgress(id: string, progress: readonly ServiceProgress[], fence: Fence): Promise<boolean> {
    requireOwnFence(id, fence);
    return saveProgress(this.#db, progress, fence);
  }

  progressOf(id: string): Promise<readonly ServiceProgress[]> {
    return findProgress(this.#db, id);
  }

  saveStage(id: string, report: StageReport, fence: Fence): Promise<boolean> {
    requireOwnFence(id, fence);
    return saveStage(this.#db, report, fence);
  }

  stagesOf(id: string): Promise<readonly StageReport[]> {
    return findStages(this.#db, id);
  }

  askedSince(stack: string, sinceMs: number): Promise<readonly AskedOften[]> {
    return readAskedSince(this.#db, stack, sinceMs);
  }

  typicalDurationMs(stack: string): Promise<number | null> {
    return readTypicalDuration(this.#db, stack);
  }

  statistics(stacks: readonly string[], sinceMs: number): Promise<DeploymentStatistics> {
    return readStatistics(this.#db, stacks, sinceMs);
  }
}

function requireOwnFence(id: string, fence: Fence | null): void {
  if (fence !== null && fence.deploymentId !== id) throw new Error(`the fence of ${fence.deploymentId} cannot guard deployment ${id}`);
}
