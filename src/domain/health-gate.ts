import type { Failure } from './deployment.ts';
import { hasEnded, type ObservedService, type ObservedTask } from './observed.ts';
import { isJob, type ServiceMode } from './service-spec.ts';

/** What the gate of one service is asked. Times are epoch milliseconds by the engine's clock. */
export type GateQuestion = {
  readonly service: string;
  readonly mode: ServiceMode;
  /** The reference every running task must have been created with; null accepts any (a restored service). */
  readonly pinnedImage: string | null;
  readonly observed: ObservedService | null;
  readonly tasks: readonly ObservedTask[];
  /** Tasks made before this belong to an earlier attempt and are nobody's failure now; null judges no failures at all. */
  readonly failuresSince: number | null;
  readonly maxTaskFailures: number;
};

export type GateAnswer =
  | { readonly state: 'waiting'; readonly running: number; readonly desired: number; readonly message: string | null }
  | { readonly state: 'healthy'; readonly running: number; readonly desired: number }
  | { readonly state: 'failed'; readonly running: number; readonly desired: number; readonly failure: Failure };

/**
 * Healthy means: as many tasks as desired are running, each on the service's current specification and on the planned
 * digest, and no task of another specification is still wanted. Never the engine's update status: with start-first and
 * a crash it reports `completed` while the old specification runs. With a healthcheck the engine keeps a task in
 * `starting` until it is healthy, so `running` includes the container's own health.
 */
export function askHealthGate(question: GateQuestion): GateAnswer {
  const { service, mode, pinnedImage, observed } = question;
  const tasks = question.tasks.filter((task) => task.service === service);
  const desired = desiredTasks(mode, tasks);
  const current = tasks.filter((task) => task.isCurrent);
  const running = current.filter((task) => task.state === 'running' && task.desiredState === 'running');
  const done = isJob(mode) ? countFinished(current) : running.length;
  const counts = { running: done, desired };

  const mismatch = pinnedImage === null ? undefined : running.find((task) => task.image !== pinnedImage);
  if (mismatch !== undefined) {
    const message = `${service} runs ${mismatch.image}, but ${pinnedImage ?? ''} was planned.`;
    return { state: 'failed', ...counts, failure: { code: 'digest_mismatch', service, message } };
  }

  const failure = failureOf(question, current);
  if (failure !== null) return { state: 'failed', ...counts, failure };
  if (observed === null) return { state: 'waiting', ...counts, message: 'not on the engine yet' };

  const stale = tasks.filter((task) => !task.isCurrent && isWanted(task));
  if (done >= desired && stale.length === 0) return { state: 'healthy', ...counts };
  return { state: 'waiting', ...counts, message: waitingFor(current, stale.length) };
}

function desiredTasks(mode: ServiceMode, tasks: readonly ObservedTask[]): number {
  if ('replicas' in mode) return mode.replicas;
  // A global service wants one task on every eligible node; only the engine knows which those are, and shows it by its tasks.
  return Math.max(
    1,
    new Set(tasks.filter((task) => task.desiredState !== 'shutdown' && task.desiredState !== 'remove').map((task) => task.nodeId)).size,
  );
}

/** A job's tasks are current for one execution only, so whenever they were made, what is complete is complete. */
function countFinished(current: readonly ObservedTask[]): number {
  return current.filter((task) => task.state === 'complete').length;
}

function failureOf(question: GateQuestion, current: readonly ObservedTask[]): Failure | null {
  const { mode, failuresSince, maxTaskFailures } = question;
  if (failuresSince === null) return null;
  const failed = current.filter((task) => task.createdAt >= failuresSince && hasFailed(task, mode));
  const last = failed.reduce<ObservedTask | null>(
    (latest, task) => (latest === null || task.stateSince >= latest.stateSince ? task : latest),
    null,
  );
  if (last === null || failed.length <= maxTaskFailures) return null;
  return describeFailure(question, last);
}

function hasFailed(task: ObservedTask, mode: ServiceMode): boolean {
  if (task.state === 'failed' || task.state === 'rejected') return true;
  // A long-running service whose process ends, even with status 0, does not serve.
  return task.state === 'complete' && !isJob(mode);
}

function describeFailure({ service, mode, observed }: GateQuestion, task: ObservedTask): Failure {
  const said = task.error ?? task.message;
  if (task.state === 'rejected') {
    const code = /no such image|pull access|manifest unknown|not found/i.test(said) ? 'image_unavailable' : 'task_failed';
    return { code, service, message: `The engine rejected a task of ${service}: ${said}` };
  }
  if (/unhealthy/i.test(said))
    return { code: 'unhealthy', service, message: `${service} did not become healthy: its health check kept failing.` };
  const exit = task.exitCode === null ? said : `exit code ${task.exitCode}`;
  if (isJob(mode)) return { code: 'job_failed', service, message: `The job ${service} failed (${exit}).` };
  // An engine stops a task whose health check fails; a process that then ends in order leaves no other trace of it.
  const isChecked = observed?.spec.healthcheck !== undefined && !observed.spec.healthcheck.disabled;
  if (task.state === 'complete' && isChecked) {
    const message = `${service} did not stay healthy: its task was stopped (${exit}), as the engine does when a health check keeps failing.`;
    return { code: 'unhealthy', service, message };
  }
  return { code: 'task_failed', service, message: `A task of ${service} stopped (${exit}).` };
}

function isWanted(task: ObservedTask): boolean {
  return task.desiredState === 'running' && !hasEnded(task);
}

function waitingFor(current: readonly ObservedTask[], stale: number): string | null {
  const starting = current.filter((task) => task.desiredState === 'running' && task.state !== 'running');
  const stuck = starting.find((task) => task.state === 'pending' && task.error !== null);
  if (stuck !== undefined) return stuck.error;
  const first = starting[0];
  if (first !== undefined) return first.state === 'starting' ? 'waiting for its health check' : first.state;
  return stale > 0 ? 'replacing the old tasks' : null;
}
