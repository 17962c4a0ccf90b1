import type { DeploymentKind } from './deployment.ts';
import { canonicalJson } from './json.ts';
import type { ObservedService, ObservedStack } from './observed.ts';
import type { ObjectPlan, Plan, ServicePlan } from './plan.ts';
import { diffService, imageText } from './service-diff.ts';
import { isJob, type ServiceSpec } from './service-spec.ts';
import type { StackSpec } from './stack-spec.ts';
import { dependencyWaves } from './waves.ts';

/** Docker's default when `update_config.monitor` is not given (`docker service create --update-monitor`). */
export const DEFAULT_MONITOR_MS = 5000;

export type PlanInputs = {
  readonly kind: DeploymentKind;
  readonly version: string;
  /** Adapted to the engine, images pinned. */
  readonly spec: StackSpec;
  readonly specHash: string;
  readonly observed: ObservedStack;
  readonly notes: readonly string[];
};

/** Desired against observed: what would be created, changed field by field, left alone, removed. */
export function makePlan({ kind, version, spec, specHash, observed, notes }: PlanInputs): Plan {
  const running = new Map(observed.services.map((service) => [service.service, service]));
  const names = Object.keys(spec.services).sort();
  const waves = inOrder(kind, spec, running) ? dependencyWaves(names, spec.dependencies) : [names];
  const planned = waves.flatMap((wave, index) =>
    wave.flatMap((name) => {
      const service = spec.services[name];
      return service === undefined ? [] : [planService(spec, service, index, running.get(name), kind)];
    }),
  );
  const removed = observed.services
    .filter((service) => !Object.hasOwn(spec.services, service.service))
    .map((service) => planRemoval(service, waves.length));
  return {
    app: spec.app,
    environment: spec.environment,
    stack: spec.stack,
    version,
    services: [...planned, ...removed],
    objects: planObjects(spec, observed),
    notes,
    settings: spec.settings,
    specHash,
  };
}

/**
 * Order matters where something starts that was not there. A rollback of services that all exist goes at once: in an
 * incident waiting for each other costs more than it brings.
 */
function inOrder(kind: DeploymentKind, spec: StackSpec, running: ReadonlyMap<string, ObservedService>): boolean {
  return kind === 'deploy' || Object.values(spec.services).some((service) => !isJob(service.mode) && !running.has(service.name));
}

/**
 * What an approval is bound to, as one canonical text to be hashed: the digests and the whole specification (through
 * `specHash`), the environment, the version and the policy. Not the difference: that depends on what runs meanwhile.
 */
export function planIdentity(plan: Plan, kind: DeploymentKind, policyVersion: string): string {
  const { app, environment, version, specHash, settings } = plan;
  const images = plan.services
    .filter((service) => service.action !== 'remove')
    .map(({ service, pinnedImage }) => ({ service, pinnedImage }));
  return canonicalJson({ kind, app, environment, version, specHash, settings, images, policyVersion });
}

function planService(
  spec: StackSpec,
  service: ServiceSpec,
  wave: number,
  observed: ObservedService | undefined,
  kind: DeploymentKind,
): ServicePlan {
  const own = spec.settings.services[service.name];
  const job = isJob(service.mode);
  const changes = observed === undefined ? creationOf(service) : diffService(observed.spec, service, observed.unmodelled);
  return {
    service: service.name,
    action: actionFor({ job, kind, exists: observed !== undefined, differs: changes.length > 0 }),
    wave,
    image: service.image,
    pinnedImage: service.pinnedImage ?? service.image,
    isJob: job,
    desired: 'replicas' in service.mode ? service.mode.replicas : 1,
    monitorMs: job ? 0 : (service.update?.monitorMs ?? DEFAULT_MONITOR_MS),
    progressDeadlineMs: own?.progressDeadlineMs ?? spec.settings.progressDeadlineMs,
    maxTaskFailures: own?.maxTaskFailures ?? spec.settings.maxTaskFailures,
    changes,
  };
}

/** A rollback never runs jobs: what a migration did is not undone by running an older one. */
function actionFor(facts: { job: boolean; kind: DeploymentKind; exists: boolean; differs: boolean }): ServicePlan['action'] {
  if (facts.job) return facts.kind === 'rollback' || (facts.exists && !facts.differs) ? 'unchanged' : 'run';
  if (!facts.exists) return 'create';
  return facts.differs ? 'update' : 'unchanged';
}

function creationOf(service: ServiceSpec): ServicePlan['changes'] {
  return [{ path: 'image', before: null, after: imageText(service), hidden: false }];
}

function planRemoval(observed: ObservedService, wave: number): ServicePlan {
  return {
    service: observed.service,
    action: 'remove',
    wave,
    image: observed.spec.image,
    pinnedImage: observed.spec.pinnedImage ?? observed.spec.image,
    isJob: isJob(observed.spec.mode),
    desired: 0,
    monitorMs: 0,
    progressDeadlineMs: 0,
    maxTaskFailures: 0,
    changes: [],
  };
}

function planObjects(spec: StackSpec, observed: ObservedStack): readonly ObjectPlan[] {
  const plans: ObjectPlan[] = [];
  const collect = (
    kind: ObjectPlan['kind'],
    wanted: StackSpec['networks' | 'secrets' | 'configs'],
    present: ObservedStack['networks'],
  ): void => {
    const names = new Set(present.map((object) => object.engineName));
    const wantedNames = new Set<string>();
    for (const [name, object] of Object.entries(wanted)) {
      if (object.external) continue;
      wantedNames.add(object.engineName);
      plans.push({ kind, name, engineName: object.engineName, action: names.has(object.engineName) ? 'unchanged' : 'create' });
    }
    for (const object of present) {
      if (!wantedNames.has(object.engineName))
        plans.push({ kind, name: object.engineName, engineName: object.engineName, action: 'remove' });
    }
  };
  collect('network', spec.networks, observed.networks);
  collect('secret', spec.secrets, observed.secrets);
  collect('config', spec.configs, observed.configs);
  return plans;
}
