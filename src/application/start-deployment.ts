import type { Failure, Hold } from '../domain/deployment.ts';
import type { Stores } from '../ports/database.ts';
import { clearToRun } from './approvals/clear-to-run.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { holdRecord, tellRequester } from './locks/held-deployments.ts';

/**
 * The first worker starts it, if it may run as things are now; any later one takes the services over from the one before. False when
 * it may not: then it is over, and nothing was changed.
 */
export async function begin(run: DeploymentRun): Promise<boolean> {
  const { parts, deployment, lease } = run;
  if (deployment.state === 'running') {
    run.log.info({ stage: deployment.stage, direction: deployment.direction }, 'taking over a deployment in flight');
    const services = deployment.plan.services.filter((plan) => plan.action !== 'unchanged').map((plan) => plan.service);
    await run.patiently(() => parts.orchestrator.claim(deployment.stack, services, run.guard));
    return true;
  }
  if (deployment.state !== 'queued') return false;
  await run.record(async (stores) => {
    const now = parts.clock.now();
    const denied = await clearToRun(parts, stores, deployment);
    if (denied?.kind === 'waits') return setAside(run, stores, denied.hold, now);
    if (denied !== null) return deny(run, stores, denied.failure, now);
    const started = await stores.deployments.transition(
      deployment.id,
      'queued',
      'running',
      { startedAt: now, stage: 'prepare' },
      lease.fence,
    );
    // Nothing of this may stay: an approval is used up only by what it starts.
    if (!started) throw lease.lose();
    await stores.audit.append({
      at: now,
      actor: 'system',
      action: 'deployment.start',
      subject: `${deployment.app}/${deployment.environment}`,
      source: `worker:${parts.holder}`,
      result: 'done',
      details: { deployment: deployment.id, version: deployment.version, planHash: deployment.planHash },
    });
    return true;
  });
  const { state, failure, hold } = await run.reload();
  if (state !== 'running') {
    if (hold === undefined) run.log.warn({ state, failure }, 'the deployment may not run; it ends before it changed anything');
    else run.log.info({ hold }, 'the environment is closed; the deployment waits until it opens');
    return false;
  }
  run.log.info({ version: deployment.version, kind: deployment.kind }, 'deployment started');
  await parts.failpoints.hit('started');
  return true;
}

/** Its environment is closed: it waits beside the queue, where it is in nobody's way. */
async function setAside({ parts, deployment, lease }: DeploymentRun, stores: Stores, hold: Hold, now: number): Promise<boolean> {
  await stores.deployments.hold(deployment.id, hold, lease.fence);
  await stores.audit.append(holdRecord(deployment, 'deployment.hold', `worker:${parts.holder}`, hold, now));
  await tellRequester(parts, stores, deployment, hold);
  return true;
}

/** Its approval may have ended it in the same breath; otherwise it ends here, with its record. */
async function deny({ parts, deployment, lease }: DeploymentRun, stores: Stores, failure: Failure, now: number): Promise<boolean> {
  await stores.deployments.transition(deployment.id, 'queued', 'cancelled', { finishedAt: now, failure }, lease.fence);
  await stores.audit.append({
    at: now,
    actor: 'system',
    action: 'deployment.denied',
    subject: `${deployment.app}/${deployment.environment}`,
    source: `worker:${parts.holder}`,
    result: 'refused',
    details: { deployment: deployment.id, version: deployment.version, why: failure.code, message: failure.message },
  });
  return true;
}
