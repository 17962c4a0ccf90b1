import type { EngineServiceSpec, ObservedService } from '../../src/domain/observed.ts';
import { diffService } from '../../src/domain/service-diff.ts';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import { EngineRejectedError, EngineUnavailableError } from '../../src/ports/faults.ts';
import type { WriteGuard } from '../../src/ports/orchestrator.ts';
import { emptiedJob, isEmptied, isEngineJob, waitForNoTasks } from './empty-job.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineService, EngineSpec } from './engine-types.ts';
import { isSameOnEngine } from './flatten-engine-spec.ts';
import { ownerLabels, withoutOwner } from './labels.ts';
import { networkNames, toObservedService } from './observe-stack.ts';
import { lookUpIds, networksOf } from './stack-objects.ts';
import { toEngineSpec } from './to-engine-spec.ts';
import { findService, writeService } from './write-service.ts';

/**
 * Creates or updates. Every update of a job is a new execution of it, even one that changes nothing (measured, Engine 20.10),
 * so one that this deployment has written already is left alone: the engine's answer to that write was lost.
 */
export async function applyService(api: EngineApi, stack: StackSpec, service: ServiceSpec, guard: WriteGuard): Promise<ObservedService> {
  const { ids, networks } = await lookUpIds(api, {
    networks: networksOf(stack, service),
    secrets: service.secrets.length > 0,
    configs: service.configs.length > 0,
  });
  const spec = toEngineSpec(stack, service, guard.owner, ids);
  const name = fullName(stack.stack, service.name);
  await writeService(api, name, guard, (observed) => {
    if (observed === null) return { kind: 'create', spec };
    if (isEngineJob(observed.Spec)) {
      const { owner, spec: present, unmodelled } = toObservedService(stack.stack, observed, networkNames(networks));
      const isWritten = owner?.deploymentId === guard.owner.deploymentId && diffService(present, service, unmodelled).length === 0;
      if (isWritten) return { kind: 'leave' };
    }
    return { kind: 'update', service: observed, spec: keepForcedRestarts(spec, observed) };
  });
  const written = await findService(api, name);
  if (written === null) throw new EngineUnavailableError(`${name} vanished from the engine right after it was written.`);
  return toObservedService(stack.stack, written, networkNames(networks));
}

/** `docker service update --force` counts in the task template; another number would restart every task. */
function keepForcedRestarts(spec: EngineSpec, observed: EngineService): EngineSpec {
  const forced = observed.Spec.TaskTemplate?.ForceUpdate ?? 0;
  return forced === 0 ? spec : { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: forced } };
}

/**
 * Writes a recorded specification back under the new owner. Where the engine already has it, only the owner's labels are
 * written, which touches no task; a job that already has it is left alone, because any write would run it again.
 */
export async function restoreService(
  api: EngineApi,
  stack: string,
  service: string,
  previous: EngineServiceSpec | null,
  guard: WriteGuard,
): Promise<void> {
  if (previous === null) return removeService(api, stack, service, guard);
  const recorded = parseRecorded(service, previous);
  const spec = withOwner(recorded, guard);
  await writeService(api, fullName(stack, service), guard, (observed) => {
    if (observed === null) return { kind: 'create', spec };
    const alreadyThere = isSameOnEngine(ownerless(observed.Spec), ownerless(recorded));
    if (alreadyThere && (isEngineJob(observed.Spec) || isSameOnEngine(observed.Spec.Labels, spec.Labels))) return { kind: 'leave' };
    return { kind: 'update', service: observed, spec: alreadyThere ? { ...observed.Spec, Labels: spec.Labels ?? {} } : spec };
  });
}

function parseRecorded(service: string, previous: EngineServiceSpec): EngineSpec {
  const { Name: name, TaskTemplate: template } = previous;
  if (typeof name !== 'string' || typeof template !== 'object' || template === null) {
    throw new EngineRejectedError(`The recorded specification of ${service} is not one of this engine.`);
  }
  // It was read from the engine and kept as it was.
  return previous as EngineSpec;
}

function ownerless(spec: EngineSpec): EngineSpec {
  return { ...spec, Labels: withoutOwner(spec.Labels) };
}

/** Owner labels only. Jobs are left out: the engine runs a job again on any update, also of a label. */
export async function claimService(api: EngineApi, stack: string, service: string, guard: WriteGuard): Promise<void> {
  await writeService(api, fullName(stack, service), guard, (observed) => {
    if (observed === null || isEngineJob(observed.Spec)) return { kind: 'leave' };
    const labels = { ...observed.Spec.Labels, ...ownerLabels(guard.owner) };
    if (isSameOnEngine(observed.Spec.Labels, labels)) return { kind: 'leave' };
    return { kind: 'update', service: observed, spec: { ...observed.Spec, Labels: labels } };
  });
}

export async function removeService(api: EngineApi, stack: string, service: string, guard: WriteGuard): Promise<void> {
  const name = fullName(stack, service);
  const found = await findService(api, name);
  if (found !== null && isEngineJob(found.Spec)) {
    await writeService(api, name, guard, (observed) =>
      observed === null || isEmptied(observed.Spec)
        ? { kind: 'leave' }
        : { kind: 'update', service: observed, spec: withOwner(emptiedJob(observed.Spec), guard) },
    );
    await waitForNoTasks(api, found);
  }
  await writeService(api, name, guard, (observed) => (observed === null ? { kind: 'leave' } : { kind: 'remove', service: observed }));
}

function withOwner(spec: EngineSpec, guard: WriteGuard): EngineSpec {
  return { ...spec, Labels: { ...withoutOwner(spec.Labels), ...ownerLabels(guard.owner) } };
}

export function fullName(stack: string, service: string): string {
  return `${stack}_${service}`;
}
