import { setTimeout as delay } from 'node:timers/promises';
import { EngineUnavailableError } from '../../src/ports/faults.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineService, EngineSpec, EngineTask } from './engine-types.ts';
import { hasEnded } from './task-states.ts';

/**
 * Removing a job's service leaves its tasks: a running one goes on to its end, and the containers stay for ever (measured,
 * Engine 20.10; SwarmKit's job orchestrators do nothing when a service is deleted). An update, though, is a new execution
 * that removes the tasks of the former ones. So a job is first updated to an execution without tasks.
 */
export function emptiedJob(spec: EngineSpec): EngineSpec {
  if (spec.Mode?.ReplicatedJob) return { ...spec, Mode: { ReplicatedJob: { MaxConcurrent: 0, TotalCompletions: 0 } } };
  const placement = { ...spec.TaskTemplate?.Placement, Constraints: [NO_NODE] };
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Placement: placement } };
}

const NO_NODE = 'node.id==none';

export function isEngineJob(spec: EngineSpec): boolean {
  return Boolean(spec.Mode?.ReplicatedJob ?? spec.Mode?.GlobalJob);
}

export function isEmptied(spec: EngineSpec): boolean {
  if (spec.Mode?.ReplicatedJob) return (spec.Mode.ReplicatedJob.TotalCompletions ?? 0) === 0;
  return spec.TaskTemplate?.Placement?.Constraints?.includes(NO_NODE) === true;
}

const POLL_MS = 150;
/** Beside the service's own grace period. */
const SLACK_MS = 30_000;
const DEFAULT_GRACE_MS = 10_000;

/**
 * Until none of the job's tasks can run any more. The engine removes those that were running; those that had ended keep
 * their record (measured, Engine 20.10: a completed task of an earlier execution stays `complete`).
 */
export async function waitForNoTasks(api: EngineApi, service: EngineService): Promise<void> {
  const grace = service.Spec.TaskTemplate?.ContainerSpec?.StopGracePeriod;
  const deadline = performance.now() + SLACK_MS + (grace ? grace / 1e6 : DEFAULT_GRACE_MS);
  while (true) {
    const tasks = await api.get<readonly EngineTask[]>('/tasks', { query: { filters: { service: [service.ID] } } });
    if (tasks.every((task) => hasEnded(task.Status.State))) return;
    if (performance.now() > deadline) throw new EngineUnavailableError(`The tasks of ${service.Spec.Name} do not end.`);
    await delay(POLL_MS);
  }
}
