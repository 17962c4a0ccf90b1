import { setTimeout as delay } from 'node:timers/promises';
import { EngineUnavailableError } from '../../src/ports/faults.ts';
import { emptiedJob, isEmptied, isEngineJob, waitForNoTasks } from './empty-job.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineResponseError } from './engine-errors.ts';
import type { EngineService, EngineTask, EngineVolume } from './engine-types.ts';
import { stackFilter } from './labels.ts';
import { listOfStack, removeUnlessUsed } from './stack-objects.ts';
import { hasEnded } from './task-states.ts';
import { findService } from './write-service.ts';

const POLL_MS = 150;
/** Tasks stop within their grace period, which is the app's to choose; the engine kills them after it. */
const DEADLINE_MS = 120_000;

/** Services, then the end of their tasks, then what the tasks used. Each step finds nothing when it was done before. */
export async function removeStack(api: EngineApi, stack: string, options: { readonly volumes: boolean }): Promise<void> {
  const query = { filters: stackFilter(stack) };
  const services = await api.get<readonly EngineService[]>('/services', { query });
  await Promise.all(services.map((service) => removeServiceAndTasks(api, service)));
  await until(`the tasks of ${stack} to end`, async () =>
    (await api.get<readonly EngineTask[]>('/tasks', { query })).every((task) => hasEnded(task.Status.State)),
  );

  await removeEndedContainers(api, stack);
  for (const kind of ['network', 'secret', 'config'] as const) {
    await until(`the ${kind}s of ${stack} to be free`, async () => {
      const objects = await listOfStack(api, stack, kind);
      await Promise.all(objects.map(({ id }) => removeUnlessUsed(api, `/${kind}s/${id}`)));
      return objects.length === 0;
    });
  }
  if (!options.volumes) return;
  await until(`the volumes of ${stack} to be free`, async () => {
    const { Volumes: volumes } = await api.get<{ Volumes?: readonly EngineVolume[] | null }>('/volumes', { query });
    const removed = await Promise.all((volumes ?? []).map(({ Name }) => removeUnlessUsed(api, `/volumes/${encodeURIComponent(Name)}`)));
    return removed.every(Boolean);
  });
}

/** The engine keeps the container of a job's failed task. Only this engine's node can be reached for that. */
async function removeEndedContainers(api: EngineApi, stack: string): Promise<void> {
  const filters = { ...stackFilter(stack), status: ['exited', 'dead', 'created'] };
  const containers = await api.get<readonly { readonly Id: string }[]>('/containers/json', { query: { all: true, filters } });
  await Promise.all(containers.map(({ Id }) => removeUnlessUsed(api, `/containers/${Id}`)));
}

/** For good, without a fence: whoever removes a stack means all of it. Services with jobs lose their tasks first. */
export async function removeServiceAndTasks(api: EngineApi, service: EngineService): Promise<void> {
  const { Spec: spec } = service;
  if (isEngineJob(spec) && !isEmptied(spec)) {
    const name = spec.Name ?? '';
    const emptied = await onceMore(async () => {
      const current = await findService(api, name);
      if (current === null) return false;
      await api.post(`/services/${current.ID}/update`, { query: { version: current.Version.Index }, body: emptiedJob(current.Spec) });
      return true;
    });
    if (emptied) await waitForNoTasks(api, service);
  }
  await removeUnlessUsed(api, `/services/${service.ID}`);
}

/** A version can be outdated when somebody else writes in between. */
async function onceMore<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof EngineResponseError && error.isOutdated) return write();
    throw error;
  }
}

async function until(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new EngineUnavailableError(`Waited ${DEADLINE_MS / 1000} s for ${what}.`);
    await delay(POLL_MS);
  }
}
