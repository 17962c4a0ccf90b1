import type { ApprovalRequest, ApprovalState } from '../../domain/approval.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import type { DeploymentState } from '../../domain/deployment-state.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';

export type Ending = {
  readonly state: Extract<ApprovalState, 'rejected' | 'expired' | 'withdrawn' | 'voided'>;
  readonly by: Person | null;
  readonly because: string | null;
  readonly source: string;
};

const DEPLOYMENT_ENDS: Readonly<Record<Ending['state'], DeploymentState>> = {
  rejected: 'rejected',
  expired: 'expired',
  withdrawn: 'cancelled',
  voided: 'cancelled',
};

/**
 * Ends a request together with its deployment, in the caller's transaction, which holds the request's lock. Its card says so
 * wherever it stands. A deployment that has started already is not touched by this.
 */
export async function closeRequest(
  parts: Parts,
  stores: Stores,
  request: ApprovalRequest,
  { state, by, because, source }: Ending,
): Promise<void> {
  const now = parts.clock.now();
  const person = by === null ? null : namedPerson(by);
  await stores.approvals.close(request.id, request.state, state, { at: now, by: person, because });
  const failure = state === 'voided' ? { code: 'approval_void' as const, service: null, message: voidedBecause(because) } : null;
  const end = DEPLOYMENT_ENDS[state];
  for (const from of ['awaiting_approval', 'queued'] as const) {
    const possible = from === 'queued' && end === 'rejected' ? 'cancelled' : end;
    if (await stores.deployments.transition(request.deploymentId, from, possible, { finishedAt: now, failure }, null)) break;
  }
  await stores.audit.append(approvalRecord(parts, request, `approval.${state}`, by?.id ?? 'system', source, 'done', { because }));
  await parts.database.notify(stores, 'deployment', request.deploymentId);
  const { app, environment, requestedAt } = request;
  parts.metrics.approvalEnded({ app, environment, outcome: state }, now - requestedAt);
}

/** Before the deployment's own row, as everyone takes them; whoever decides about the request at the same time comes before or after. */
export async function lockRequestOf(stores: Stores, deploymentId: string): Promise<ApprovalRequest | null> {
  const found = await stores.approvals.findByDeployment(deploymentId);
  return found === null ? null : stores.approvals.lock(found.id);
}

/** Its deployment ends in the caller's transaction, which holds the request's lock and records both. */
export async function withdrawRequest(stores: Stores, { id, state }: ApprovalRequest, person: Person, at: number): Promise<void> {
  if (state !== 'open' && state !== 'approved') return;
  await stores.approvals.close(id, state, 'withdrawn', { at, by: namedPerson(person), because: null });
}

function voidedBecause(because: string | null): string {
  return `The approval is void: ${because ?? 'something that it was bound to changed'}.`;
}

export function approvalRecord(
  parts: Parts,
  request: ApprovalRequest,
  action: string,
  actor: string,
  source: string,
  result: 'done' | 'refused',
  details: JsonObject,
) {
  const { id, deploymentId, planHash, policyVersion } = request;
  return {
    at: parts.clock.now(),
    actor,
    action,
    subject: `${request.app}/${request.environment}`,
    source,
    result,
    details: { request: id, deployment: deploymentId, planHash, policyVersion, ...details },
  };
}
