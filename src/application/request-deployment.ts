import type { ApprovalRequest } from '../domain/approval.ts';
import { type Clearance, type Deployment, type DeploymentKind, namedPerson, type Person } from '../domain/deployment.ts';
import { stackName } from '../domain/names.ts';
import type { Plan } from '../domain/plan.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import type { Release } from '../domain/release.ts';
import type { FileContents } from '../ports/app-source.ts';
import type { Database, Stores } from '../ports/database.ts';
import { type AskedFor, askForApproval } from './approvals/ask-for-approval.ts';
import { lockRequestOf, withdrawRequest } from './approvals/close-request.ts';
import { authorize } from './authorize.ts';
import { checkApprovers, checkOrder, checkReason } from './deploy-policy.ts';
import type { DeploymentRequest, Origin, RequestedDeployment } from './deployment-requests.ts';
import { checkShare } from './deployment-share.ts';
import { askGate } from './environment-gate.ts';
import { newId } from './identity.ts';
import type { Parts } from './parts.ts';
import { composePlan } from './plan-deployment.ts';
import { wakeWorker } from './wake-worker.ts';

/** `/deploy`: plan, record, queue. The same delivery makes one deployment, however often it comes. */
export async function requestDeployment(parts: Parts, request: DeploymentRequest): Promise<RequestedDeployment | Refusal> {
  const repeated = await findRepeated(parts, request.origin);
  if (repeated !== null) return repeated;
  const access = authorize(parts.workspace(), { ...request, permission: 'deploy', changes: true });
  if (isRefusal(access)) return access;
  if (request.latestWins === true) {
    const mayCancel = authorize(parts.workspace(), { ...request, permission: 'cancel', changes: true });
    if (isRefusal(mayCancel)) return mayCancel;
  }
  const { app, environment } = access;
  if (environment === null) return closedEnvironment(request.app, request.environment);
  const unexplained = checkReason(environment, request.reason);
  if (unexplained !== null) return unexplained;
  const policy = environment.protected ? checkApprovers(parts, app, environment, request.person) : null;
  if (isRefusal(policy)) return policy;

  const share = {
    app: request.app,
    environment: request.environment,
    stack: stackName(request.app, request.environment),
    requester: request.person.id,
  };
  const limited = await checkShare(parts, parts.database.stores.deployments, share);
  if (limited !== null) return limited;

  const composed = await composePlan(parts, request);
  if (isRefusal(composed)) return composed;
  const outOfOrder = await checkOrder(parts.database.stores, environment, composed.prepared.release);
  if (outOfOrder !== null) return outOfOrder;
  return queueDeployment<Refusal>(parts, {
    kind: 'deploy',
    before: ({ deployments }) => checkShare(parts, deployments, share),
    approval: policy === null ? null : { policy, policyVersion: environment.policyVersion, baseRevision: composed.baseRevision },
    ...(request.promotedFrom !== undefined && { promotedFrom: request.promotedFrom }),
    person: request.person,
    reason: request.reason,
    origin: request.origin,
    release: composed.prepared.release,
    contents: composed.prepared.contents,
    plan: composed.plan,
    planHash: composed.planHash,
    previousVersion: composed.currentVersion,
    latestWins: request.latestWins === true,
  });
}

/** `Stop`: what else than a refusal may keep it from being queued. */
export type QueueRequest<Stop = never> = {
  readonly kind: DeploymentKind;
  /** Set: it waits for these approvals before it is queued. */
  readonly approval?: AskedFor | null;
  /** Its images come from this other environment. */
  readonly promotedFrom?: string;
  /** A rollback to the last good release: it passes locks and freezes. */
  readonly isWayBack?: boolean;
  /** Why it may run in a protected environment without approval. */
  readonly clearance?: Exclude<Clearance, 'approval'>;
  /** First in the transaction that queues it: what comes back instead of null ends it there. */
  readonly before?: (stores: Stores, created: Deployment) => Promise<Stop | null>;
  readonly person: Person;
  readonly reason: string | null;
  readonly origin: Origin;
  readonly release: Release;
  /** Null when the release and its contents are stored already. */
  readonly contents: FileContents | null;
  readonly plan: Plan;
  readonly planHash: string;
  readonly previousVersion: string | null;
  readonly latestWins?: boolean;
  /** An open deployment that is what is asked for already; of two requests at once the second finds the first's. */
  readonly isSame?: (open: Deployment) => boolean;
};

/** Release, deployment and audit record in one transaction; then a worker is woken. A lost wake-up is the reconciler's. */
export async function queueDeployment<Stop = never>(
  parts: Parts,
  request: QueueRequest<Stop>,
): Promise<RequestedDeployment | Refusal | Stop> {
  const { database, clock } = parts;
  const now = clock.now();
  const { approval = null } = request;
  const result = await database.transact(async (stores): Promise<Queued | { readonly stopped: Refusal | Stop }> => {
    const { release, isSame: isSameRequest } = request;
    // The same delivery at once, in two processes: the second finds what the first has made.
    await stores.deployments.lockQueue(release.spec.stack);
    const existing = await stores.deployments.findByDelivery(request.origin.platform, request.origin.deliveryId);
    if (existing !== null) return { deployment: existing, isJoined: false };
    if (isSameRequest !== undefined) {
      const same = (await stores.deployments.queueOf(release.spec.stack)).find(isSameRequest);
      if (same !== undefined) return { deployment: same, isJoined: true };
    }
    const stored = await stores.releases.findBySpecHash(release.app, release.environment, release.specHash);
    const isSame = stored !== null && stored.version === release.version;
    const created: Deployment = {
      id: newId(now),
      kind: request.kind,
      app: release.app,
      environment: release.environment,
      stack: release.spec.stack,
      releaseId: isSame ? stored.id : release.id,
      version: release.version,
      previousVersion: request.previousVersion,
      requester: namedPerson(request.person),
      reason: request.reason,
      ...(request.promotedFrom !== undefined && { promotedFrom: request.promotedFrom }),
      ...(request.person.groups !== undefined && { requesterGroups: request.person.groups }),
      ...(approval !== null && { clearance: 'approval' }),
      ...(request.clearance !== undefined && { clearance: request.clearance }),
      state: approval === null ? 'queued' : 'awaiting_approval',
      stage: null,
      direction: 'forward',
      failure: null,
      cancelRequestedBy: null,
      plan: request.plan,
      planHash: request.planHash,
      origin: { platform: request.origin.platform, channel: request.origin.channel },
      requestedAt: now,
      startedAt: null,
      finishedAt: null,
      revision: 1,
    };
    const stopped = (await mayQueue(parts, stores, request, created)) ?? (await request.before?.(stores, created)) ?? null;
    if (stopped !== null) return { stopped };
    if (!isSame) await stores.releases.insert(release);
    if (request.contents !== null) await saveContents(parts, stores.releases, request.contents);
    if (request.latestWins === true) await supersedeWaiting(database, stores, created, now);
    await stores.deployments.insert(created, request.origin.deliveryId);
    if (approval !== null) await askForApproval(parts, stores, created, approval, request.promotedFrom !== undefined);
    await stores.audit.append({
      at: now,
      actor: request.person.id,
      action: `deployment.${request.kind === 'rollback' ? 'rollback' : 'request'}`,
      subject: `${created.app}/${created.environment}`,
      source: `${request.origin.platform}:${request.origin.channel}`,
      result: 'done',
      details: { deployment: created.id, version: created.version, planHash: created.planHash, reason: request.reason },
    });
    await database.notify(stores, 'deployment', created.id);
    return { deployment: created, isJoined: false };
  });
  if ('stopped' in result) return result.stopped;
  const { deployment, isJoined } = result;
  if (deployment.state === 'awaiting_approval') return describeRequested(parts, deployment, isJoined);
  await wakeWorker(parts, deployment.id);
  return describeRequested(parts, deployment, isJoined);
}

/** What waited gives way, each with a record and a card that says to whom. What runs goes on: this one waits for it. */
async function supersedeWaiting(database: Database, stores: Stores, created: Deployment, now: number): Promise<void> {
  const by = { deployment: created.id, by: created.requester };
  const asked = new Map<string, ApprovalRequest>();
  for (const { id } of await stores.deployments.queueOf(created.stack)) {
    const request = await lockRequestOf(stores, id);
    if (request !== null) asked.set(id, request);
  }
  for (const { id, app, environment, version } of await stores.deployments.supersedeWaiting(created.stack, by, now)) {
    const request = asked.get(id);
    if (request !== undefined) await withdrawRequest(stores, request, created.requester, now);
    await stores.audit.append({
      at: now,
      actor: created.requester.id,
      action: 'deployment.supersede',
      subject: `${app}/${environment}`,
      source: created.origin === null ? 'system' : `${created.origin.platform}:${created.origin.channel}`,
      result: 'done',
      details: { deployment: id, version, supersededBy: created.id },
    });
    await database.notify(stores, 'deployment', id);
  }
}

export async function findRepeated(parts: Parts, origin: Origin): Promise<RequestedDeployment | null> {
  const deployment = await parts.database.stores.deployments.findByDelivery(origin.platform, origin.deliveryId);
  return deployment === null ? null : describeRequested(parts, deployment, true);
}

export async function describeRequested(parts: Parts, deployment: Deployment, repeated: boolean): Promise<RequestedDeployment> {
  const queue = await parts.database.stores.deployments.queueOf(deployment.stack);
  const position = Math.max(
    0,
    queue.findIndex((item) => item.id === deployment.id),
  );
  return { deployment, position, waitsFor: position === 0 ? null : (queue[position - 1] ?? null), repeated };
}

type Queued = { readonly deployment: Deployment; readonly isJoined: boolean };

/** Locks and freezes, as they are when it joins the queue. */
function mayQueue(parts: Parts, stores: Stores, request: QueueRequest<unknown>, created: Deployment): Promise<Refusal | null> {
  const { app, environment } = created;
  const kind = request.isWayBack === true ? 'rollback' : request.promotedFrom !== undefined ? 'promotion' : 'deploy';
  return askGate(parts, stores, {
    app,
    environment,
    kind,
    person: request.person,
    now: created.requestedAt,
    source: `${request.origin.platform}:${request.origin.channel}`,
    override: request.clearance === 'break_glass',
  });
}

/** Missing policy denies. */
export function closedEnvironment(app: string, environment: string): Refusal {
  return refusal(
    'protected_environment',
    `Nothing can be deployed to ${app} ${environment}.`,
    'It is not under environments in shipmate.yml.',
  );
}

async function saveContents(parts: Parts, releases: Parts['database']['stores']['releases'], contents: FileContents): Promise<void> {
  for (const bytes of [...contents.secrets.values(), ...contents.configs.values()]) {
    const fingerprint = parts.sealer.fingerprint(bytes);
    await releases.saveContents(fingerprint, parts.sealer.seal(bytes, fingerprint));
  }
}
