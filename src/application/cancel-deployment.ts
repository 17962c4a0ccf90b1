import { type Deployment, namedPerson, type Person } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { lockRequestOf, withdrawRequest } from './approvals/close-request.ts';
import { authorize } from './authorize.ts';
import type { Parts } from './parts.ts';
import type { UseCases } from './use-cases.ts';
import { wakeWorker } from './wake-worker.ts';

type Request = Parameters<UseCases['cancelDeployment']>[0];

/** `/cancel`: a waiting deployment ends at once; a running one is asked to go back, and leaves the old release or the new one, never a mix. */
export async function cancelDeployment(
  parts: Parts,
  request: Request,
): Promise<{ deployment: Deployment; effect: 'cancelled' | 'taking_back' } | Refusal> {
  const deployment = await findTarget(parts, request);
  if (isRefusal(deployment)) return deployment;
  const access = authorize(parts.workspace(), { ...deployment, person: request.person, permission: 'cancel', changes: true });
  if (isRefusal(access)) return access;
  const effect = await cancelOne(parts, deployment, request.person, request.source);
  if (effect === null) {
    const now = await parts.database.stores.deployments.find(deployment.id);
    return tooLate(now ?? deployment);
  }
  const after = await parts.database.stores.deployments.find(deployment.id);
  return { deployment: after ?? deployment, effect };
}

/** Over, or verified and only tidying up: then its release stays. */
function tooLate({ state, app, environment }: Deployment): Refusal {
  if (isFinal(state)) return refusal('already_finished', `That deployment is already over: ${state}.`, null);
  const wayBack = `Type: /rollback ${app} ${environment}`;
  return refusal('already_finished', 'That deployment is verified and only tidies up: its release stays.', wayBack);
}

/** Cancels all that waits for a stack and takes back what runs, except what is to stay; the running one, or null. The caller has authorized. */
export async function cancelOpen(
  parts: Parts,
  stack: string,
  person: Person,
  source: string,
  stays: (deployment: Deployment) => boolean = () => false,
): Promise<Deployment | null> {
  const open = await parts.database.stores.deployments.queueOf(stack);
  let running: Deployment | null = null;
  for (const deployment of open) {
    if (stays(deployment)) continue;
    const effect = await cancelOne(parts, deployment, person, source);
    if (effect === 'taking_back') running = deployment;
  }
  return running;
}

/** Null when it was over before. A deployment that starts between two looks is caught by the second. */
async function cancelOne(
  parts: Parts,
  deployment: Deployment,
  person: Person,
  source: string,
): Promise<'cancelled' | 'taking_back' | null> {
  const { database, clock } = parts;
  const effect = await database.transact(async (stores) => {
    const now = clock.now();
    const request = await lockRequestOf(stores, deployment.id);
    if (!(await stores.deployments.requestCancel(deployment.id, namedPerson(person)))) return null;
    if (request !== null) await withdrawRequest(stores, request, person, now);
    let ended = false;
    for (const state of ['queued', 'awaiting_approval', 'requested'] as const) {
      ended ||= await stores.deployments.transition(deployment.id, state, 'cancelled', { finishedAt: now }, null);
    }
    const outcome = ended ? ('cancelled' as const) : ('taking_back' as const);
    await stores.audit.append({
      at: now,
      actor: person.id,
      action: 'deployment.cancel',
      subject: `${deployment.app}/${deployment.environment}`,
      source,
      result: 'done',
      details: { deployment: deployment.id, effect: outcome },
    });
    await database.notify(stores, 'deployment', deployment.id);
    return outcome;
  });
  if (effect === 'cancelled') await wakeNext(parts, deployment.stack);
  return effect;
}

/** Whoever waits behind a deployment that ended. */
export async function wakeNext(parts: Parts, stack: string): Promise<void> {
  const [next] = await parts.database.stores.deployments.queueOf(stack);
  if (next === undefined) return;
  await wakeWorker(parts, next.id);
}

async function findTarget(parts: Parts, { person, target }: Request): Promise<Deployment | Refusal> {
  const { deployments } = parts.database.stores;
  if ('deployment' in target) {
    const found = await deployments.findByPrefix(target.deployment);
    const visible = found !== null && !isRefusal(authorize(parts.workspace(), { ...found, person, permission: 'view', changes: false }));
    if (found === null || !visible)
      return refusal('unknown_deployment', `There is no deployment “${target.deployment}”.`, 'See /history for its id.');
    return isFinal(found.state) ? tooLate(found) : found;
  }
  const access = authorize(parts.workspace(), { ...target, person, permission: 'cancel', changes: true });
  if (isRefusal(access)) return access;
  const [first] = await deployments.queueOf(stackName(target.app, target.environment));
  return first ?? refusal('nothing_running', `Nothing is being deployed to ${target.app} ${target.environment}.`, null);
}
