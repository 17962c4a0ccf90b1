import type { Failure } from '../domain/deployment.ts';
import type { DeploymentState } from '../domain/deployment-state.ts';
import { scrub } from '../domain/scrub.ts';
import { EngineUnavailableError, FenceLostError } from '../ports/faults.ts';
import { wakeNext } from './cancel-deployment.ts';
import { cleanUp, cleanUpTakenBack } from './clean-up.ts';
import { DeploymentRun } from './deployment-run.ts';
import { HeldLease } from './keep-lease.ts';
import { secretsOfStack } from './known-secrets.ts';
import { lockAfterRollback } from './locks/lock-after-rollback.ts';
import type { Parts } from './parts.ts';
import { ReleaseCancelled, ReleaseFailed } from './release-failed.ts';
import { type RolloutEnd, rollOut } from './roll-out.ts';
import { type Report, runStage } from './run-stage.ts';
import { prepare, stageObjects, validate, verify } from './stages.ts';
import { begin } from './start-deployment.ts';
import { stopIfCancelled } from './stop-if-cancelled.ts';

/** Of a failed service, for the thread. */
const LOG_LINES = 10;
/** Of that service, also of its earlier tasks. */
const LOG_LINES_READ = 200;
/** With the backoff between them about forty seconds: an engine or a database that restarts is back by then. */
const PATIENT = 12;

/**
 * A worker's whole job for one deployment: take the lease, go through the stages, or take the release back, and say how
 * it ended. Called any number of times for the same deployment, by any worker; it goes on from what was recorded.
 * Resolves without doing anything when it is over, not its turn, or another worker's. With `shutdown` it stops where it
 * is and leaves the rest to the next worker.
 */
export async function runDeployment(parts: Parts, id: string, shutdown: AbortSignal): Promise<void> {
  if (shutdown.aborted) return;
  const { deployments, releases, leases } = parts.database.stores;
  const deployment = await deployments.find(id);
  if (deployment === null || (deployment.state !== 'queued' && deployment.state !== 'running')) return;
  // Whoever finds its environment open puts it back.
  if (deployment.hold !== undefined) return;
  const [first] = await deployments.queueOf(deployment.stack);
  if (first?.id !== id) return;
  const release = await releases.find(deployment.releaseId);
  if (release === null) throw new Error(`deployment ${id} names a release that is not stored`);
  // Woken again while it runs here (a queue that lost its jobs forgets what it gave out): the lease alone would let us take over from ourselves.
  const held = await leases.holderOf(deployment.stack);
  if (held?.deploymentId === id && held.holder === parts.holder && !held.isExpired) return;
  // It stays where it is while the engine is left alone; the reconciler comes again.
  if ((await parts.breakers.engine.check()) !== null) return;
  const fence = await leases.acquire(deployment.stack, id, parts.holder, parts.leaseTtlMs, await highestFence(parts, deployment.stack));
  if (fence === null) return;

  const lease = new HeldLease(parts, fence);
  const run = new DeploymentRun(parts, lease, deployment, release);
  const handOver = (): void => lease.handOver();
  shutdown.addEventListener('abort', handOver);
  try {
    await parts.failpoints.hit('lease-acquired');
    // As it is now: somebody may have started or withdrawn it while the lease was on its way.
    await run.reload();
    if (await begin(run)) {
      await finish(run, await goForwardOrBack(run));
      await parts.failpoints.hit('after-finish');
    }
  } catch (error) {
    if (!(error instanceof FenceLostError) && !lease.signal.aborted) throw error;
    // Another worker goes on from what was recorded; anything written now would be a second hand on the wheel.
    run.log.warn({ error }, shutdown.aborted ? 'handing the deployment over' : 'lost the lease; stopping');
  } finally {
    shutdown.removeEventListener('abort', handOver);
    await lease.release();
  }
  if (!shutdown.aborted) await wakeNext(parts, deployment.stack);
}

/** A database that was emptied or restored counts from below what the engine has seen; its fences must still be the newest. */
async function highestFence(parts: Parts, stack: string): Promise<number> {
  try {
    const { services } = await parts.orchestrator.observe(stack, { objects: false });
    return Math.max(0, ...services.map(({ owner }) => owner?.fence ?? 0));
  } catch (fault) {
    if (fault instanceof EngineUnavailableError) return 0;
    throw fault;
  }
}

type End = { readonly state: DeploymentState; readonly failure: Failure | null };

async function goForwardOrBack(run: DeploymentRun): Promise<End> {
  if (run.deployment.direction === 'back') return takeBack(run);
  try {
    await goForward(run);
    return { state: 'succeeded', failure: null };
  } catch (error) {
    if (error instanceof FenceLostError || run.signal.aborted) throw error;
    return turnBack(run, error);
  }
}

/** The deployment's story. */
async function goForward(run: DeploymentRun): Promise<void> {
  await runStage(run, 'prepare', { attempts: PATIENT, timeoutMs: 60_000 }, (report) => prepare(run, report));
  await runStage(run, 'stage', { attempts: PATIENT, timeoutMs: 60_000 }, (report) => stageObjects(run, report));
  await runStage(run, 'validate', { attempts: PATIENT, timeoutMs: 900_000 }, (report, signal) => validate(run, report, signal));
  await runStage(run, 'promote', { attempts: 1, timeoutMs: null }, async (report) => {
    await promote(run, report);
    const changed = run.deployment.plan.services.filter(
      (plan) => plan.action === 'create' || plan.action === 'update' || plan.action === 'run',
    );
    report.line(changed.length === 0 ? 'nothing to change' : `healthy: ${changed.map((plan) => plan.service).join(', ')}`);
    await run.parts.failpoints.hit('rolled-out');
  });
  await runStage(run, 'verify', { attempts: PATIENT, timeoutMs: null }, async (report, signal) => {
    // Tasks that went down with the engine come back by themselves: they get the time for it.
    if (run.forgiveBefore > 0) await promote(run, report);
    await verify(run, report, signal);
  });
  await tidyUp(run);
}

async function promote(run: DeploymentRun, report: Report): Promise<void> {
  const end = await rollOut(run);
  if (end.kind !== 'turn_back') return;
  if (end.failure === null) throw new ReleaseCancelled('cancelled');
  await reportLogs(run, report, end.failure.service);
  throw new ReleaseFailed(end.failure);
}

/** The release is good by now: what cannot be removed is left to the next deployment's plan, and nothing goes back for it. */
async function tidyUp(run: DeploymentRun): Promise<void> {
  try {
    await runStage(run, 'clean_up', { attempts: 3, timeoutMs: 120_000 }, async (report) => {
      // Nobody can ask to cancel from here on (the stage is recorded); whoever asked before is heard now.
      await stopIfCancelled(run);
      await cleanUp(run, report);
    });
  } catch (error) {
    if (error instanceof FenceLostError || error instanceof ReleaseCancelled || run.signal.aborted) throw error;
    run.log.warn({ error }, 'clean-up did not finish; the next deployment plans it again');
  }
}

/** What a failed service said last, for the thread. Logs that cannot be had change nothing. */
async function reportLogs(run: DeploymentRun, report: Report, service: string | null): Promise<void> {
  if (service === null) return;
  try {
    const { stack } = run.deployment;
    const lines = await run.parts.orchestrator.logs(stack, { service, tail: LOG_LINES_READ, sinceMs: null });
    const { tasks } = await run.parts.orchestrator.observe(stack, { objects: false });
    const secrets = await run.patiently(() => secretsOfStack(run.parts, stack));
    // The tasks before these write, too, while they stop; what they say is not why this release failed.
    const before = new Set(tasks.flatMap((task) => (task.service === service && !task.isCurrent ? [task.id] : [])));
    const own = lines.filter(({ task }) => !before.has(task)).slice(-LOG_LINES);
    for (const { text } of own) report.line(scrub(text, secrets));
  } catch (error) {
    run.log.warn({ error, service }, 'the logs of the failed service could not be read');
  }
}

/** Recorded before the first restoring write, so that whoever takes over goes on in the same direction. */
async function turnBack(run: DeploymentRun, error: unknown): Promise<End> {
  const cancelled = error instanceof ReleaseCancelled;
  const failure = cancelled ? null : error instanceof ReleaseFailed ? error.failure : faultOf(error);
  if (!(error instanceof ReleaseFailed) && !cancelled) run.log.error({ error }, 'a stage broke; taking the release back');
  else run.log.warn({ failure }, 'the release does not go on; taking it back');
  if (!cancelled && !run.release.spec.settings.automaticRollback) {
    return { state: error instanceof ReleaseFailed ? 'failed' : 'errored', failure };
  }
  await run.update({ direction: 'back', failure });
  await run.parts.failpoints.hit('turned-back');
  return takeBack(run);
}

async function takeBack(run: DeploymentRun): Promise<End> {
  const { parts, deployment } = run;
  const end = await restoreAll(run);
  await parts.failpoints.hit('taken-back');
  if (end.kind === 'restore_failed') return { state: 'errored', failure: end.failure };
  await run
    .patiently(() => cleanUpTakenBack(run))
    .catch((error: unknown) => {
      if (run.signal.aborted) throw error;
      run.log.warn({ error }, 'objects of the taken-back release could not be removed; the next deployment will');
    });
  const { failure } = run.deployment;
  if (failure === null) return { state: 'cancelled', failure: null };
  if (failure.code === 'internal' || failure.code === 'engine_error') return { state: 'errored', failure };
  if (failure.code === 'plan_changed') return { state: 'failed', failure };
  const current = await run.patiently(() => parts.database.stores.releases.currentRevision(deployment.stack));
  return { state: current === null ? 'failed' : 'rolled_back', failure };
}

/** An engine that refuses to take a recorded specification back ends the deployment with the truth, instead of trying for ever. */
async function restoreAll(run: DeploymentRun): Promise<RolloutEnd> {
  try {
    return await rollOut(run);
  } catch (error) {
    if (error instanceof FenceLostError || run.signal.aborted) throw error;
    run.log.error({ error }, 'the release could not be taken back');
    const said = error instanceof Error ? error.message : String(error);
    const message = `The release could not be taken back completely: ${said}`;
    return { kind: 'restore_failed', failure: { code: 'restore_failed', service: null, message } };
  }
}

/** The end, its revision and its audit record are one transaction. */
async function finish(run: DeploymentRun, end: End): Promise<void> {
  const { parts, deployment, lease } = run;
  await parts.failpoints.hit('before-finish');
  const now = parts.clock.now();
  await run.record(async (stores) => {
    const changes = { finishedAt: now, failure: end.failure };
    if (!(await stores.deployments.transition(deployment.id, 'running', end.state, changes, lease.fence))) return false;
    if (end.state === 'succeeded')
      await stores.releases.openRevision(deployment.stack, run.release.id, deployment.version, deployment.id, now);
    if (end.state === 'succeeded' && deployment.kind === 'rollback') await lockAfterRollback(parts, stores, deployment, now);
    await stores.audit.append({
      at: now,
      actor: 'system',
      action: `deployment.${end.state}`,
      subject: `${deployment.app}/${deployment.environment}`,
      source: `worker:${parts.holder}`,
      result: end.state === 'succeeded' ? 'done' : 'failed',
      details: { deployment: deployment.id, version: deployment.version, failure: end.failure?.code ?? null },
    });
    return true;
  });
  const labels = { app: deployment.app, environment: deployment.environment, kind: deployment.kind, state: end.state };
  parts.metrics.deploymentFinished(labels, now - (run.deployment.startedAt ?? now));
  run.log.info({ state: end.state, failure: end.failure, durationMs: now - (run.deployment.startedAt ?? now) }, 'deployment finished');
}

function faultOf(error: unknown): Failure {
  const isEngine = error instanceof Error && 'code' in error && (error.code === 'engine_rejected' || error.code === 'engine_unavailable');
  const said = error instanceof Error ? error.message : String(error);
  return isEngine
    ? { code: 'engine_error', service: null, message: `The engine did not do as asked: ${said}` }
    : { code: 'internal', service: null, message: 'Something broke inside Shipmate; the log has the details under this deployment id.' };
}
