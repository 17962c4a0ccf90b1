import { isSameJson, type JsonObject } from '../../src/domain/json.ts';
import type { ObservedObject, ObservedService, ObservedStack, ObservedTask } from '../../src/domain/observed.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineFileObject, EngineNetwork, EngineService, EngineSpec, EngineTask } from './engine-types.ts';
import { toEpochMs } from './engine-units.ts';
import { compact, isSameOnEngine } from './flatten-engine-spec.ts';
import { fromEngineSpec, type NetworkNames } from './from-engine-spec.ts';
import { ONE_OFF_LABEL, STACK_LABEL, stackFilter } from './labels.ts';
import { listNetworks } from './list-networks.ts';
import { hasEnded } from './task-states.ts';

/** Everything of one stack in five parallel requests, or services and tasks in three. One-off runs are no services of the app and are left out. */
export async function observeStack(api: EngineApi, stack: string, objects: boolean): Promise<ObservedStack> {
  const query = { filters: stackFilter(stack) };
  const [services, tasks, listed, secrets, configs] = await Promise.all([
    api.get<readonly EngineService[]>('/services', { query }),
    api.get<readonly EngineTask[]>('/tasks', { query }),
    // All of them: a service may be attached to networks of others, and its specification has only their ids.
    api.get<readonly EngineNetwork[]>('/networks'),
    objects ? api.get<readonly EngineFileObject[]>('/secrets', { query }) : [],
    objects ? api.get<readonly EngineFileObject[]>('/configs', { query }) : [],
  ]);
  // A service cannot be attached to a network that does not exist, so this list is not all of them.
  const networks = isIncomplete(listed, services) ? await listNetworks(api, (found) => isIncomplete(found, services)) : listed;
  const names = networkNames(networks);
  const own = services.filter((service) => service.Spec.Labels?.[ONE_OFF_LABEL] === undefined);
  const byId = new Map(own.map((service) => [service.ID, service]));
  return {
    stack,
    services: own.map((service) => toObservedService(stack, service, names)),
    tasks: tasks.flatMap((task) => {
      const service = byId.get(task.ServiceID);
      return service === undefined ? [] : [toObservedTask(stack, service, task)];
    }),
    networks: (objects ? networks : [])
      .filter((network) => network.Labels?.[STACK_LABEL] === stack && network.Scope === 'swarm')
      .map((network): ObservedObject => ({ id: network.Id, engineName: network.Name, labels: network.Labels ?? {} })),
    secrets: secrets.map(toObservedObject),
    configs: configs.map(toObservedObject),
  };
}

function isIncomplete(networks: readonly EngineNetwork[], services: readonly EngineService[]): boolean {
  const known = new Set(networks.flatMap(({ Id, Name }) => [Id, Name]));
  return services.some(({ Spec }) => Spec.TaskTemplate?.Networks?.some(({ Target }) => Target !== undefined && !known.has(Target)));
}

export function networkNames(networks: readonly EngineNetwork[]): NetworkNames {
  const byId = new Map(networks.map((network) => [network.Id, network.Name]));
  return (target) => byId.get(target) ?? target;
}

export function toObservedService(stack: string, service: EngineService, names: NetworkNames): ObservedService {
  const { spec, unmodelled, owner } = fromEngineSpec(stack, service.Spec, names);
  const status = service.UpdateStatus;
  return {
    id: service.ID,
    service: spec.name,
    version: service.Version.Index,
    spec,
    unmodelled,
    engineSpec: toJson(service.Spec),
    owner,
    updatedAt: writtenAt(service),
    update: status?.State
      ? {
          state: status.State,
          message: status.Message ?? '',
          startedAt: toEpochMs(status.StartedAt),
          completedAt: toEpochMs(status.CompletedAt),
        }
      : null,
  };
}

/** `UpdatedAt` also moves with the update's status; an update starts right after the write, before any new task. */
function writtenAt(service: EngineService): number {
  const updatedAt = toEpochMs(service.UpdatedAt) ?? 0;
  return Math.min(updatedAt, toEpochMs(service.UpdateStatus?.StartedAt) ?? updatedAt);
}

/** It came as JSON and is kept as that. */
function toJson(spec: EngineSpec): JsonObject {
  return JSON.parse(JSON.stringify(spec));
}

export function toObservedTask(stack: string, service: EngineService, task: EngineTask): ObservedTask {
  const fullName = service.Spec.Name ?? '';
  const { Status: status } = task;
  const createdAt = toEpochMs(task.CreatedAt) ?? 0;
  const state = status.State ?? 'new';
  return {
    id: task.ID,
    service: fullName.startsWith(`${stack}_`) ? fullName.slice(stack.length + 1) : fullName,
    slot: task.Slot === undefined || task.Slot === 0 ? null : task.Slot,
    nodeId: task.NodeID === undefined || task.NodeID === '' ? null : task.NodeID,
    image: task.Spec.ContainerSpec?.Image ?? '',
    isCurrent: isCurrentTask(service, task),
    state,
    desiredState: task.DesiredState ?? '',
    message: status.Message ?? '',
    error: status.Err === undefined || status.Err === '' ? null : status.Err,
    // Zero until the container has ended.
    exitCode: hasEnded(state) ? (status.ContainerStatus?.ExitCode ?? null) : null,
    containerId: status.ContainerStatus?.ContainerID || null,
    createdAt,
    stateSince: toEpochMs(status.Timestamp) ?? createdAt,
  };
}

function toObservedObject({ ID, Spec }: EngineFileObject): ObservedObject {
  return { id: ID, engineName: Spec.Name, labels: Spec.Labels ?? {} };
}

/**
 * Would the engine keep this task for the service's present specification? It asks the same in SwarmKit's
 * `IsTaskDirty` (orchestrator/task.go): the task templates are compared, placement constraints alone replace no task whose
 * node still satisfies them, and a changed endpoint replaces all. A job's task belongs to one execution.
 */
export function isCurrentTask(service: EngineService, task: EngineTask): boolean {
  if (service.JobStatus) {
    if ((service.JobStatus.JobIteration?.Index ?? 0) !== (task.JobIteration?.Index ?? 0)) return false;
  }
  const wanted = comparable(service.Spec.TaskTemplate);
  const has = comparable(task.Spec);
  if (!isSameJson(wanted, has)) {
    // While the engine is still replacing, a task with other constraints may be one that has to go.
    if (service.UpdateStatus?.State === 'updating') return false;
    if (!isSameJson(withoutConstraints(wanted), withoutConstraints(has))) return false;
  }
  return !isOfFormerEndpoint(service, task);
}

/**
 * A task does not show the endpoint (ports, mode) it was made for. One that is older than the update which changed the
 * service's endpoint is of the former.
 */
function isOfFormerEndpoint(service: EngineService, task: EngineTask): boolean {
  const previous = service.PreviousSpec?.EndpointSpec;
  if (!service.PreviousSpec || isSameOnEngine(endpoint(previous), endpoint(service.Spec.EndpointSpec))) return false;
  const changedAt = toEpochMs(service.UpdateStatus?.StartedAt) ?? toEpochMs(service.UpdatedAt) ?? 0;
  return (toEpochMs(task.CreatedAt) ?? 0) < changedAt;
}

function endpoint(spec: EngineSpec['EndpointSpec']) {
  return { ...spec, Mode: spec?.Mode || 'vip' };
}

type Comparable = Readonly<Record<string, unknown>>;

function comparable(template: EngineTask['Spec'] | null | undefined): Comparable {
  const { Runtime: _runtime, ...rest } = template ?? {};
  const value = compact(rest);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function withoutConstraints(template: Comparable): Comparable {
  const placement = template['Placement'];
  if (typeof placement !== 'object' || placement === null) return template;
  return { ...template, Placement: compact({ ...placement, Constraints: null }) };
}
