import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import { EngineRejectedError } from '../../src/ports/faults.ts';
import type { OneOffResult, OneOffRun, WriteGuard } from '../../src/ports/orchestrator.ts';
import { fullName } from './change-service.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineService, EngineSpec, EngineTask } from './engine-types.ts';
import type { EventFeed } from './event-feed.ts';
import { ONE_OFF_LABEL, ownerOf, stackFilter } from './labels.ts';
import { cleanText } from './log-frames.ts';
import { removeServiceAndTasks } from './remove-stack.ts';
import { serviceLogs } from './service-logs.ts';
import { lookUpIds, networksOf } from './stack-objects.ts';
import { hasEnded } from './task-states.ts';
import { toEngineSpec } from './to-engine-spec.ts';
import { watchStack } from './watch-stack.ts';
import { writeService } from './write-service.ts';

const TICK_MS = 500;
const OUTPUT_LINES = 200;

/**
 * A service with one task that is never restarted: the engine puts it where the service's networks, secrets and images
 * are, which a bare container on this node could not have. Not a job: removing a job's service neither stops nor removes
 * its task (empty-job.ts), and this one is removed whatever happens. What a dead worker left is removed first.
 */
export async function runOnce(
  api: EngineApi,
  feed: EventFeed,
  stack: StackSpec,
  run: OneOffRun,
  guard: WriteGuard,
  signal: AbortSignal,
): Promise<OneOffResult> {
  const service = stack.services[run.service];
  if (service === undefined) throw new EngineRejectedError(`${run.name} names the service "${run.service}", which the app does not have.`);
  if (stack.services[run.name] !== undefined) throw new EngineRejectedError(`${run.name} has the name of a service. Give it another name.`);

  const oneOff = toOneOff(service, run);
  await removeLeftovers(api, stack.stack, run.name, guard);
  const { ids } = await lookUpIds(api, {
    networks: networksOf(stack, oneOff),
    secrets: oneOff.secrets.length > 0,
    configs: oneOff.configs.length > 0,
  });
  const plain = toEngineSpec(stack, oneOff, guard.owner, ids);
  const spec: EngineSpec = { ...plain, Labels: { ...plain.Labels, [ONE_OFF_LABEL]: run.name } };
  const name = fullName(stack.stack, run.name);
  await writeService(api, name, guard, (observed) =>
    observed === null ? { kind: 'create', spec } : { kind: 'update', service: observed, spec },
  );
  try {
    const task = await endOfTask(api, feed, stack.stack, name, run.timeoutMs, signal);
    const output = await outputOf(api, stack.stack, name, run.name);
    if (task === null) return { outcome: 'timed_out', exitCode: null, output };
    const exitCode = task.Status.State === 'rejected' ? null : (task.Status.ContainerStatus?.ExitCode ?? null);
    if (task.Status.State === 'complete') return { outcome: 'succeeded', exitCode: exitCode ?? 0, output };
    const reason = task.Status.Err ? [cleanText(task.Status.Err)] : [];
    return { outcome: 'failed', exitCode, output: [...output, ...reason] };
  } finally {
    await removeByName(api, stack.stack, (found) => found.Spec.Name === name);
  }
}

/** Like `docker compose run`: the command is replaced, the entrypoint stays, unless the image is another one. */
function toOneOff(service: ServiceSpec, run: OneOffRun): ServiceSpec {
  const { pinnedImage: _pinned, entrypoint: _entrypoint, user: _user, workingDir: _workingDir, ...withoutImage } = service;
  const base = run.image === undefined ? service : { ...withoutImage, image: run.image };
  const { update: _update, rollback: _rollback, endpointMode: _mode, ...rest } = base;
  return {
    ...rest,
    name: run.name,
    command: run.command,
    labels: {},
    // Its name must not answer for the service's.
    networks: service.networks.map((use) => ({ ...use, aliases: [] })),
    ports: [],
    endpointMode: 'dnsrr',
    healthcheck: { disabled: true },
    mode: { kind: 'replicated', replicas: 1 },
    restart: { condition: 'none' },
  };
}

/** The task once it ended; null after the deadline or when the caller gave up. */
async function endOfTask(
  api: EngineApi,
  feed: EventFeed,
  stack: string,
  name: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EngineTask | null> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const stop = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<EngineTask | null>();
  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      const tasks = await api.get<readonly EngineTask[]>('/tasks', { query: { filters: { service: [name] } } });
      const ended = tasks.find((task) => hasEnded(task.Status.State));
      if (ended !== undefined) resolve(ended);
    } catch (error) {
      reject(error);
    } finally {
      asking = false;
    }
  };
  watchStack(feed, stack, TICK_MS, () => void ask(), stop.signal);
  over.addEventListener('abort', () => resolve(null), { once: true });
  if (over.aborted) resolve(null);
  try {
    return await promise;
  } finally {
    stop.abort();
  }
}

async function outputOf(api: EngineApi, stack: string, name: string, service: string): Promise<readonly string[]> {
  const found = (await oneOffs(api, stack)).find(({ Spec }) => Spec.Name === name);
  if (found === undefined) return [];
  const lines = await serviceLogs(api, found.ID, service, { tail: OUTPUT_LINES, sinceMs: null });
  return [...lines].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)).map((line) => line.text);
}

/** Its own former attempt, and runs of this stack that belong to an earlier owner and are therefore dead. */
async function removeLeftovers(api: EngineApi, stack: string, runName: string, guard: WriteGuard): Promise<void> {
  await guard.check();
  await removeByName(api, stack, ({ Spec }) => {
    const fence = ownerOf(Spec.Labels)?.fence ?? 0;
    return fence < guard.owner.fence || (fence === guard.owner.fence && Spec.Name === fullName(stack, runName));
  });
}

async function removeByName(api: EngineApi, stack: string, isMeant: (service: EngineService) => boolean): Promise<void> {
  const meant = (await oneOffs(api, stack)).filter(isMeant);
  await Promise.all(meant.map((service) => removeServiceAndTasks(api, service)));
}

async function oneOffs(api: EngineApi, stack: string): Promise<readonly EngineService[]> {
  const services = await api.get<readonly EngineService[]>('/services', { query: { filters: stackFilter(stack) } });
  return services.filter(({ Spec }) => Spec.Labels?.[ONE_OFF_LABEL] !== undefined);
}
