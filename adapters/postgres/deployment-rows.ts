import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Clearance, Deployment, Failure, Hold, Person, Supersession } from '../../src/domain/deployment.ts';
import type { DeploymentState, Stage } from '../../src/domain/deployment-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { DeploymentChanges } from '../../src/ports/database.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

/** What a Deployment needs of its row. */
export const DEPLOYMENT_COLUMNS = [
  'id',
  'kind',
  'app',
  'environment',
  'stack',
  'release_id',
  'version',
  'previous_version',
  'requester',
  'reason',
  'state',
  'stage',
  'direction',
  'failure',
  'cancel_requested_by',
  'superseded_by',
  'hold',
  'clearance',
  'requester_groups',
  'promoted_from',
  'plan',
  'plan_hash',
  'origin',
  'requested_at',
  'started_at',
  'finished_at',
  'revision',
] as const;

type DeploymentRow = Pick<Selectable<Tables['deployments']>, (typeof DEPLOYMENT_COLUMNS)[number]>;

/** The check constraints of the table hold the closed sets that the casts below rely on. */
export function toDeployment(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    kind: row.kind as Deployment['kind'],
    app: row.app,
    environment: row.environment,
    stack: row.stack,
    releaseId: row.release_id,
    version: row.version,
    previousVersion: row.previous_version,
    requester: row.requester as Person,
    reason: row.reason,
    state: row.state as DeploymentState,
    stage: row.stage as Stage | null,
    direction: row.direction as Deployment['direction'],
    failure: row.failure as Failure | null,
    cancelRequestedBy: row.cancel_requested_by as Person | null,
    ...(row.superseded_by !== null && { supersededBy: row.superseded_by as Supersession }),
    ...(row.hold !== null && { hold: row.hold as Hold }),
    ...(row.clearance !== null && { clearance: row.clearance as Clearance }),
    ...(row.requester_groups !== null && { requesterGroups: row.requester_groups as readonly string[] }),
    ...(row.promoted_from !== null && { promotedFrom: row.promoted_from }),
    plan: row.plan as Plan,
    planHash: row.plan_hash,
    origin: row.origin as Deployment['origin'],
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    revision: row.revision,
  };
}

export function toDeploymentRow(deployment: Deployment, deliveryId: string | null): Insertable<Tables['deployments']> {
  return {
    id: deployment.id,
    kind: deployment.kind,
    app: deployment.app,
    environment: deployment.environment,
    stack: deployment.stack,
    release_id: deployment.releaseId,
    version: deployment.version,
    previous_version: deployment.previousVersion,
    requester: storable(deployment.requester),
    reason: deployment.reason === null ? null : storableText(deployment.reason),
    state: deployment.state,
    stage: deployment.stage,
    direction: deployment.direction,
    failure: orNull(deployment.failure),
    cancel_requested_by: orNull(deployment.cancelRequestedBy),
    superseded_by: orNull(deployment.supersededBy ?? null),
    hold: orNull(deployment.hold ?? null),
    clearance: deployment.clearance ?? null,
    requester_groups: orNull(deployment.requesterGroups ?? null),
    promoted_from: deployment.promotedFrom ?? null,
    plan: storable(deployment.plan),
    plan_hash: deployment.planHash,
    origin: orNull(deployment.origin),
    // Without an origin (a schedule, a machine) deliveries still count once.
    delivery_platform: deliveryId === null ? null : (deployment.origin?.platform ?? ''),
    delivery_id: deliveryId,
    requested_at: deployment.requestedAt,
    started_at: deployment.startedAt,
    finished_at: deployment.finishedAt,
    revision: deployment.revision,
  };
}

/** Only what is named in `changes`; an explicit null is written. */
export function toChangedColumns(changes: DeploymentChanges): Updateable<Tables['deployments']> {
  return {
    ...(changes.stage !== undefined && { stage: changes.stage }),
    ...(changes.direction !== undefined && { direction: changes.direction }),
    ...(changes.plan !== undefined && { plan: storable(changes.plan) }),
    ...(changes.previousVersion !== undefined && { previous_version: changes.previousVersion }),
    ...(changes.failure !== undefined && { failure: orNull(changes.failure) }),
    ...(changes.startedAt !== undefined && { started_at: changes.startedAt }),
    ...(changes.finishedAt !== undefined && { finished_at: changes.finishedAt }),
  };
}

function orNull(value: object | null): string | null {
  return value === null ? null : storable(value);
}
