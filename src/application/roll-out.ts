import type { ServiceProgress } from '../domain/deployment.ts';
import { isSameJson } from '../domain/json.ts';
import type { ObservedStack } from '../domain/observed.ts';
import { afterAction, decideRollout, initialProgress, type RolloutAction, type RolloutAnswer } from '../domain/rollout.ts';
import { EngineUnavailableError } from '../ports/faults.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { Wakeup } from './wakeup.ts';

/** Engines do not report everything that happens to tasks (docs/architecture.md, "Engine facts"), so a rollout also looks this often. */
const TICK_MS = 1000;

export type RolloutEnd = Exclude<RolloutAnswer['verdict'], { kind: 'continue' }>;

/**
 * Drives the stack in the deployment's direction until the pure decision says that it is there: observe, decide, record,
 * act, wait for the next event, tick or deadline. Whoever takes over enters here again with what was recorded.
 */
export async function rollOut(run: DeploymentRun): Promise<RolloutEnd> {
  const { parts, release } = run;
  const { deployments } = parts.database.stores;
  const stack = run.deployment.stack;
  const previous = await run.patiently(() => deployments.previousOf(run.deployment.id));
  const recorded = new Map([...previous].map(([service, spec]) => [service, { existed: spec !== null }]));
  const saved = await run.patiently(() => deployments.progressOf(run.deployment.id));
  let progress = saved.length > 0 ? saved : initialProgress(run.deployment.plan);

  const wakeup = new Wakeup(parts.clock);
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  parts.orchestrator.watch(stack, TICK_MS, () => wakeup.wake(), signal);
  const listening = await run.patiently(() =>
    parts.database.listen('deployment', (id) => {
      if (id === run.deployment.id || id === '*') wakeup.wake();
    }),
  );
  try {
    for (;;) {
      const observed = await observe(run, stack);
      const deployment = await run.reload();
      const answer = decideRollout({
        deploymentId: deployment.id,
        plan: deployment.plan,
        spec: release.spec,
        direction: deployment.direction,
        progress,
        observed,
        previous: recorded,
        cancelRequested: deployment.cancelRequestedBy !== null,
        now: parts.clock.now(),
        startedAt: deployment.startedAt ?? 0,
        forgiveBefore: run.forgiveBefore,
      });
      if (!isSameJson(answer.progress, progress)) {
        progress = answer.progress;
        await run.saveProgress(progress);
        await parts.failpoints.hit('progress-saved');
      }
      if (answer.verdict.kind !== 'continue') return answer.verdict;
      if (answer.actions.length > 0) {
        progress = await act(run, answer.actions, progress, previous);
        continue;
      }
      await wakeup.wait(answer.wakeAt, run.signal);
      run.signal.throwIfAborted();
    }
  } finally {
    stop.abort();
    await listening.stop();
  }
}

async function act(
  run: DeploymentRun,
  actions: readonly RolloutAction[],
  progress: readonly ServiceProgress[],
  previous: Awaited<ReturnType<DeploymentRun['parts']['database']['stores']['deployments']['previousOf']>>,
): Promise<readonly ServiceProgress[]> {
  const { clock } = run.parts;
  const plans = new Map(run.deployment.plan.services.map((plan) => [plan.service, plan]));
  const applied = new Map<string, number>();
  // All writes of a wave are under way at once; one that fails must not leave the others unrecorded.
  const results = await Promise.allSettled(
    actions.map(async (action) => {
      const at =
        action.type === 'apply'
          ? await apply(run, action.service)
          : await restore(run, action.service, previous.get(action.service) ?? null);
      applied.set(action.service, at);
    }),
  );
  const now = clock.now();
  const next = progress.map((item) => {
    const action = actions.find((candidate) => candidate.service === item.service);
    const at = applied.get(item.service);
    const plan = plans.get(item.service);
    return action === undefined || at === undefined || plan === undefined ? item : afterAction(item, action, plan, at, now);
  });
  await run.saveProgress(next);
  await run.parts.failpoints.hit('progress-saved');
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return next;
}

async function apply(run: DeploymentRun, name: string): Promise<number> {
  const { parts, release } = run;
  const service = release.spec.services[name];
  if (service === undefined) throw new Error(`the release has no service ${name}`);
  await parts.failpoints.hit('before-apply');
  const written = await run.write(() => parts.orchestrator.apply(release.spec, service, run.guard));
  parts.metrics.engineWrite({ operation: 'apply', result: 'done' });
  await parts.failpoints.hit('after-apply');
  return written.updatedAt;
}

async function restore(
  run: DeploymentRun,
  name: string,
  previous: Parameters<DeploymentRun['parts']['orchestrator']['restore']>[2],
): Promise<number> {
  const { parts } = run;
  const planned = run.deployment.plan.services.find((service) => service.service === name);
  await parts.failpoints.hit('before-restore');
  // Putting a job back would run its old version; it is removed instead and made again by the next deployment.
  const target = planned?.isJob === true ? null : previous;
  await run.write(() => parts.orchestrator.restore(run.deployment.stack, name, target, run.guard));
  parts.metrics.engineWrite({ operation: 'restore', result: 'done' });
  await parts.failpoints.hit('after-restore');
  return parts.clock.now();
}

/** An engine that is away (its daemon restarts) is waited for; the progress deadline goes on meanwhile. */
async function observe(run: DeploymentRun, stack: string): Promise<ObservedStack> {
  for (let isAway = false; ; isAway = true) {
    try {
      return await run.parts.orchestrator.observe(stack, { objects: false });
    } catch (fault) {
      if (!(fault instanceof EngineUnavailableError)) throw fault;
      run.noticeOutage(fault);
      if (!isAway) run.log.warn({ error: fault }, 'the engine does not answer; waiting for it');
      await run.parts.clock.sleep(500, run.signal);
      run.signal.throwIfAborted();
    }
  }
}
