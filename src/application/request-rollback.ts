import type { Clearance, Deployment, Person } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { makePlan } from '../domain/make-plan.ts';
import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import type { Release, Revision } from '../domain/release.ts';
import type { Stores } from '../ports/database.ts';
import type { AppConfig, EnvironmentConfig } from '../ports/workspace.ts';
import { authorize, policyVersionOf, rolesOf } from './authorize.ts';
import { cancelOpen } from './cancel-deployment.ts';
import { checkApprovers, checkReason } from './deploy-policy.ts';
import { hashPlan } from './identity.ts';
import { lastGoodAmong, wayBackTo } from './last-good.ts';
import type { Parts } from './parts.ts';
import { needsApproval } from './plan-deployment.ts';
import { closedEnvironment, describeRequested, findRepeated, type QueueRequest, queueDeployment } from './request-deployment.ts';
import type { Origin, PlannedRollback, RequestedDeployment, RollbackRequest } from './use-cases.ts';

type Composed = PlannedRollback & { readonly release: Release };

/** What `/rollback` would do, for the confirmation. */
export async function planRollback(parts: Parts, request: RollbackRequest): Promise<PlannedRollback | Refusal> {
  const access = mayRollBack(parts, request);
  if (isRefusal(access)) return access;
  const composed = await composeRollback(parts, request);
  if (isRefusal(composed)) return composed;
  const cleared = await clearRollback(parts, access, request, composed);
  if (isRefusal(cleared)) return cleared;
  const warnings = cleared.approval === undefined ? [] : [needsApproval(request.environment)];
  return { ...composed, warnings: [...composed.warnings, ...warnings] };
}

/**
 * `/rollback`: back to good, now. A deployment that is still under way is taken back instead of waited for, and queued
 * ones are cancelled: whoever asks for a rollback does not want them to run afterwards.
 */
export async function requestRollback(parts: Parts, request: RollbackRequest): Promise<RequestedDeployment | Refusal> {
  const repeated = await findRepeated(parts, request.origin);
  if (repeated !== null) return repeated;
  const access = mayRollBack(parts, request);
  if (isRefusal(access)) return access;

  const stack = stackName(request.app, request.environment);
  const source = `${request.origin.platform}:${request.origin.channel}`;
  const open = await parts.database.stores.deployments.queueOf(stack);
  const running = open.find((deployment) => deployment.state === 'running');
  if (running?.kind === 'deploy' && request.to === null) {
    const takenBack = await cancelOpen(parts, stack, request.person, source);
    if (takenBack !== null) return describeRequested(parts, takenBack, false);
    // Too late to take it back: it is about to succeed, and then there is a release to roll back from.
    await untilOver(parts, running.id);
  }
  const composed = await composeRollback(parts, request);
  if (isRefusal(composed)) return composed;
  const cleared = await clearRollback(parts, access, request, composed);
  // Whoever needs nobody's approval does not wait for the one that somebody else has asked for: theirs takes its place.
  const goesAtOnce = !isRefusal(cleared) && cleared.approval === undefined;
  // A second click, or two people at once: one rollback, and neither takes the other's back.
  const isSame = (other: Deployment): boolean =>
    other.kind === 'rollback' &&
    other.version === composed.release.version &&
    other.cancelRequestedBy === null &&
    (!goesAtOnce || isAsSure(other, cleared.clearance));
  // What only waits for approval takes nothing else's place before it has it.
  if (goesAtOnce) await cancelOpen(parts, stack, request.person, source, isSame);
  const same = open.find(isSame);
  if (same !== undefined) return describeRequested(parts, same, true);
  if (isRefusal(cleared)) return cleared;
  return queueDeployment(parts, {
    kind: 'rollback',
    ...cleared,
    person: request.person,
    reason: request.reason,
    origin: request.origin,
    release: composed.release,
    contents: null,
    plan: composed.plan,
    planHash: composed.planHash,
    previousVersion: composed.from.version,
    isSame,
  });
}

/** Nothing can come between this one and its start that would not come between the other's: it runs, or is cleared in the same way and waits for nobody. */
function isAsSure({ state, clearance, hold }: Deployment, wanted: Clearance | undefined): boolean {
  return state === 'running' || (state === 'queued' && clearance === wanted && hold === undefined);
}

/** A deployment that cannot be cancelled any more ends within its clean-up. */
const LAST_MOMENTS_MS = 15_000;

async function untilOver(parts: Parts, id: string): Promise<void> {
  const until = parts.clock.now() + LAST_MOMENTS_MS;
  for (;;) {
    const deployment = await parts.database.stores.deployments.find(id);
    if (deployment === null || isFinal(deployment.state) || parts.clock.now() > until) return;
    await parts.clock.sleep(100);
  }
}

/** The card's button: to the release that ran before that deployment. */
export async function requestRollbackOf(
  parts: Parts,
  request: { deploymentId: string; person: Person; origin: Origin },
): Promise<RequestedDeployment | Refusal> {
  const deployment = await parts.database.stores.deployments.find(request.deploymentId);
  if (deployment === null) return refusal('unknown_deployment', 'There is no such deployment.', 'See /history.');
  const { app, environment, stack } = deployment;
  const access = mayRollBack(parts, { person: request.person, app, environment, to: null });
  if (isRefusal(access)) return access;
  // Where people have to say why, nothing is said for them.
  const reason = access.environment.reason === null ? `roll back ${deployment.id}` : null;
  const rollback = { person: request.person, app, environment, reason, origin: request.origin };
  const repeated = await findRepeated(parts, request.origin);
  if (repeated !== null) return repeated;
  const target = await rollbackTargetOf(parts, stack, deployment.id);
  if (target === null) {
    const current = await parts.database.stores.releases.currentRevision(stack);
    const runs = current === null ? 'nothing that was deployed' : current.version;
    return refusal(
      'already_done',
      `${app} ${environment} runs ${runs} by now; this deployment is no longer its newest.`,
      `Type /rollback ${app} ${environment}.`,
    );
  }
  return requestRollback(parts, { ...rollback, to: String(target.number) });
}

/** Where a deployment's Roll back button leads: null unless it is what the environment runs now and something ran before. */
export async function rollbackTargetOf(parts: Parts, stack: string, deploymentId: string): Promise<Revision | null> {
  const revisions = await parts.database.stores.releases.revisions(stack, 50);
  const [current, ...earlier] = revisions;
  if (current?.deploymentId !== deploymentId) return null;
  return earlier.find((revision) => revision.releaseId !== current.releaseId) ?? null;
}

function mayRollBack(parts: Parts, request: Pick<RollbackRequest, 'person' | 'app' | 'environment' | 'to'>): Access | Refusal {
  const access = authorize(parts.workspace(), { ...request, permission: 'rollback', changes: true });
  if (isRefusal(access)) return access;
  const { app, environment } = access;
  return environment === null ? closedEnvironment(request.app, request.environment) : { app, environment };
}

type Access = { readonly app: AppConfig; readonly environment: EnvironmentConfig };

/**
 * Whoever is on call goes back to the last good release at once, and a way back passes locks and freezes. Everything else is a change
 * like any other: it says why, it waits for what is closed, and in a protected environment people are asked.
 */
async function clearRollback(
  parts: Parts,
  { app, environment }: Access,
  { person, reason }: RollbackRequest,
  { from, to }: Composed,
): Promise<Pick<QueueRequest, 'clearance' | 'approval' | 'isWayBack'> | Refusal> {
  const wayBack = await wayBackTo(parts.database.stores, from.stack, to.releaseId);
  const isWayBack = wayBack !== null;
  const unexplained = isWayBack ? null : checkReason(environment, reason);
  if (unexplained !== null) return unexplained;
  if (!environment.protected) return { isWayBack };
  const isOnCall = rolesOf(app, person).some((role) => environment.rollbackWithoutApproval.includes(role));
  if (isOnCall && wayBack?.isAgreed === true) return { clearance: 'on_call', isWayBack };
  const policy = checkApprovers(parts, app, environment, person);
  return isRefusal(policy)
    ? policy
    : { approval: { policy, policyVersion: environment.policyVersion, baseRevision: from.number }, isWayBack };
}

async function composeRollback(parts: Parts, request: RollbackRequest): Promise<Composed | Refusal> {
  const { releases } = parts.database.stores;
  const stack = stackName(request.app, request.environment);
  const [revisions, observed] = await Promise.all([releases.revisions(stack, 50), parts.orchestrator.observe(stack)]);
  const [from, ...earlier] = revisions;
  if (from === undefined)
    return refusal(
      'nothing_deployed',
      `Nothing was deployed to ${request.app} ${request.environment} yet.`,
      `Type /deploy ${request.app} ${request.environment}.`,
    );
  const to = await chooseTarget(parts.database.stores, from, earlier, request.to);
  if (to === null) return noTarget(request, from, earlier);
  const release = await releases.find(to.releaseId);
  if (release === null) throw new Error(`revision ${to.number} of ${stack} names a release that is not stored`);
  const plan = makePlan({
    kind: 'rollback',
    version: release.version,
    spec: release.spec,
    specHash: release.specHash,
    observed,
    notes: [],
  });
  const planHash = hashPlan(plan, 'rollback', policyVersionOf(parts.workspace(), request.environment));
  return { plan, planHash, currentVersion: from.version, warnings: [], from, to, others: otherTargets(from, to, earlier), release };
}

/** By number or version; the last good one without a wish. */
async function chooseTarget(stores: Stores, from: Revision, earlier: readonly Revision[], wanted: string | null): Promise<Revision | null> {
  if (wanted === null) return lastGoodAmong(stores, from, earlier);
  const all = [from, ...earlier];
  return (
    all.find((revision) => String(revision.number) === wanted.replace(/^#/, '')) ??
    all.find((revision) => revision.version === wanted) ??
    null
  );
}

function otherTargets(from: Revision, to: Revision, earlier: readonly Revision[]): readonly Revision[] {
  const named = new Set([from.releaseId, to.releaseId]);
  return earlier.filter(({ releaseId }) => {
    const isNew = !named.has(releaseId);
    named.add(releaseId);
    return isNew;
  });
}

function noTarget(request: RollbackRequest, from: Revision, earlier: readonly Revision[]): Refusal {
  const where = `${request.app} ${request.environment}`;
  const known = earlier.slice(0, 8).map((revision) => `${revision.version} (revision ${revision.number})`);
  if (request.to === null || known.length === 0) {
    return refusal(
      'nothing_to_roll_back_to',
      `${where} has run only ${from.version}; there is no earlier release to go back to.`,
      `See /history ${where}.`,
    );
  }
  return refusal('unknown_version', `${where} has not run “${request.to}”.`, `It has run: ${known.join(', ')}.`);
}
