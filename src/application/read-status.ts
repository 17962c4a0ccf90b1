import { stackName } from '../domain/names.ts';
import type { ObservedStack, ObservedTask } from '../domain/observed.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Release } from '../domain/release.ts';
import { diffService } from '../domain/service-diff.ts';
import { isJob } from '../domain/service-spec.ts';
import { EngineUnavailableError } from '../ports/faults.ts';
import { authorize } from './authorize.ts';
import { closureFor, readStanding, type Standing } from './gate-facts.ts';
import type { Parts } from './parts.ts';
import type { EnvironmentStatus, ServiceStatus, UseCases } from './use-cases.ts';

/** `/status`: what should run, what does, and whether they agree. An engine that does not answer leaves `services` null. */
export async function readStatus(
  parts: Parts,
  request: Parameters<UseCases['readStatus']>[0],
): Promise<readonly EnvironmentStatus[] | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const environments = request.environment === null ? Object.keys(access.app.environments) : [request.environment];
  const standing = await readStanding(parts.database.stores, parts.clock.now());
  return Promise.all(environments.map((environment) => statusOf(parts, standing, request.app, environment)));
}

async function statusOf(parts: Parts, standing: Standing, app: string, environment: string): Promise<EnvironmentStatus> {
  const { deployments, releases } = parts.database.stores;
  const stack = stackName(app, environment);
  const [revision, open, recent, observed] = await Promise.all([
    releases.currentRevision(stack),
    deployments.queueOf(stack),
    deployments.list({ stack, limit: 10 }),
    observeOrNull(parts, stack),
  ]);
  const release = revision === null ? null : await releases.find(revision.releaseId);
  return {
    app,
    environment,
    stack,
    current: revision === null || release === null ? null : { ...revision, release },
    services: observed === null ? null : observed.services.map((service) => describeService(service, observed.tasks)),
    open,
    closure: closureFor(parts, standing, { app, environment }),
    lastFinished: recent.find((deployment) => deployment.finishedAt !== null) ?? null,
    drift: observed === null || release === null || open.length > 0 ? [] : findDrift(release, observed),
  };
}

async function observeOrNull(parts: Parts, stack: string): Promise<ObservedStack | null> {
  try {
    return await parts.orchestrator.observe(stack, { objects: false });
  } catch (fault) {
    if (fault instanceof EngineUnavailableError) return null;
    throw fault;
  }
}

function describeService(service: ObservedStack['services'][number], all: readonly ObservedTask[]): ServiceStatus {
  const tasks = all.filter((task) => task.service === service.service);
  const running = tasks.filter((task) => task.isCurrent && task.state === 'running').length;
  const { mode } = service.spec;
  const desired = 'replicas' in mode ? mode.replicas : Math.max(1, tasks.filter((task) => task.desiredState === 'running').length);
  const failed = tasks.filter((task) => task.error !== null).sort((a, b) => b.stateSince - a.stateSince)[0];
  return {
    service: service.service,
    image: service.spec.image,
    desired,
    running,
    health: healthOf(isJob(mode), running, desired, tasks),
    lastError: failed?.error ?? null,
    observed: service,
    tasks,
  };
}

function healthOf(job: boolean, running: number, desired: number, tasks: readonly ObservedTask[]): ServiceStatus['health'] {
  if (job && tasks.some((task) => task.state === 'complete')) return 'complete';
  if (running >= desired) return 'healthy';
  if (running > 0) return 'degraded';
  return tasks.some(
    (task) => task.desiredState === 'running' && ['starting', 'preparing', 'ready', 'assigned', 'accepted'].includes(task.state),
  )
    ? 'starting'
    : 'down';
}

/** One line per service that is not what the current revision says. */
function findDrift(release: Release, observed: ObservedStack): readonly string[] {
  const lines: string[] = [];
  for (const wanted of Object.values(release.spec.services)) {
    if (isJob(wanted.mode)) continue;
    const service = observed.services.find((item) => item.service === wanted.name);
    if (service === undefined) lines.push(`${wanted.name} is missing on the engine`);
    else {
      const paths = diffService(service.spec, wanted, service.unmodelled).map((change) => change.path);
      if (paths.length > 0) lines.push(`${wanted.name} was changed outside Shipmate: ${paths.slice(0, 5).join(', ')}`);
    }
  }
  for (const service of observed.services) {
    if (release.spec.services[service.service] === undefined) lines.push(`${service.service} runs but is not part of the release`);
  }
  return lines;
}
