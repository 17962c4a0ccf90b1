import type { WriteOwner } from '../../src/domain/observed.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../src/domain/release-settings.ts';
import type { ServiceMode, ServiceSpec, UpdateConfig } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { EngineSpec, EngineUpdateConfig } from './engine-types.ts';
import { defined, toCpus, toMilliseconds, unlessEmptyList, unlessEmptyMap, unlessZero } from './engine-units.ts';
import { flattenEngineSpec } from './flatten-engine-spec.ts';
import { fromContainerSpec } from './from-container-spec.ts';
import { appLabels, IMAGE_LABEL, KEYS_LABEL, ownerOf } from './labels.ts';
import { namesAsIds, type ObjectIds } from './object-ids.ts';
import { keyFromName, type ObjectKind, parseKeys } from './object-keys.ts';
import { compare } from './order.ts';
import { toEngineSpec } from './to-engine-spec.ts';

export type FromEngineSpec = {
  readonly spec: ServiceSpec;
  readonly unmodelled: Readonly<Record<string, string>>;
  readonly owner: WriteOwner | null;
};

/** The name of a network by the id that an attachment holds; an unknown id stands for itself. */
export type NetworkNames = (target: string) => string;

/**
 * The inverse of {@link toEngineSpec}: an engine's specification in neutral terms. What the neutral terms have no word for
 * is what remains when they are turned into an engine specification again: `unmodelled`, so nothing escapes a comparison.
 */
export function fromEngineSpec(stack: string, engine: EngineSpec, networkName: NetworkNames): FromEngineSpec {
  const named = { ...engine, TaskTemplate: { ...engine.TaskTemplate, Networks: namedAttachments(engine, networkName) } };
  const spec = toServiceSpec(stack, named);
  return { spec, unmodelled: unmodelled(stack, named, spec), owner: ownerOf(engine.Labels) };
}

/** The service in the form that {@link fromEngineSpec} gives it, so that a planned and an observed one compare equal. */
export function canonicalService(stack: StackSpec, service: ServiceSpec): ServiceSpec {
  const engine = toEngineSpec(stack, service, { deploymentId: '', fence: 0 }, namesAsIds);
  return toServiceSpec(stack.stack, engine);
}

function namedAttachments(engine: EngineSpec, networkName: NetworkNames) {
  // `Networks` beside the task template is an older place for the same.
  const attachments = engine.TaskTemplate?.Networks ?? engine.Networks ?? [];
  return attachments.map((attachment) => ({ ...attachment, Target: networkName(attachment.Target ?? '') }));
}

function toServiceSpec(stack: string, engine: EngineSpec): ServiceSpec {
  const prefix = `${stack}_`;
  const fullName = engine.Name ?? '';
  const name = fullName.startsWith(prefix) ? fullName.slice(prefix.length) : fullName;
  const keys = parseKeys(engine.Labels?.[KEYS_LABEL]);
  const keyOf = (kind: ObjectKind, engineName: string) => keys[`${kind}:${engineName}`] ?? keyFromName(stack, kind, engineName);
  const task = engine.TaskTemplate ?? {};
  return defined<ServiceSpec>({
    name,
    ...imageOf(engine),
    labels: appLabels(engine.Labels),
    ...fromContainerSpec(stack, task.ContainerSpec ?? {}, keyOf),
    networks: attachmentsOf(engine, keyOf),
    ports: portsOf(engine),
    endpointMode: engine.EndpointSpec?.Mode === 'dnsrr' ? 'dnsrr' : 'vip',
    mode: modeOf(engine),
    limits: limitsOf(engine),
    reservations: reservationsOf(engine),
    restart: restartOf(engine),
    placement: placementOf(engine),
    update: updateOf(engine.UpdateConfig),
    rollback: updateOf(engine.RollbackConfig),
    logging: task.LogDriver ? { driver: task.LogDriver.Name ?? '', options: task.LogDriver.Options ?? {} } : undefined,
  });
}

/** The label keeps what people wrote. An image without a digest that equals it was never pinned. */
function imageOf(engine: EngineSpec): { image: string; pinnedImage?: string } {
  const runs = engine.TaskTemplate?.ContainerSpec?.Image ?? '';
  const written = engine.Labels?.[IMAGE_LABEL] ?? runs.replace(/@sha256:[0-9a-f]+$/, '');
  return runs === written && !runs.includes('sha256:') ? { image: written } : { image: written, pinnedImage: runs };
}

function attachmentsOf(engine: EngineSpec, keyOf: (kind: ObjectKind, engineName: string) => string) {
  return [...(engine.TaskTemplate?.Networks ?? [])]
    .sort((a, b) => compare(a.Target ?? '', b.Target ?? ''))
    .map((attachment) => {
      const engineName = attachment.Target ?? '';
      return defined<ServiceSpec['networks'][number]>({
        network: keyOf('network', engineName),
        engineName,
        aliases: attachment.Aliases ?? [],
        driverOptions: unlessEmptyMap(attachment.DriverOpts),
      });
    });
}

function portsOf(engine: EngineSpec): ServiceSpec['ports'] {
  return (engine.EndpointSpec?.Ports ?? []).map((port) =>
    defined<ServiceSpec['ports'][number]>({
      target: port.TargetPort ?? 0,
      published: unlessZero(port.PublishedPort),
      protocol: port.Protocol === 'udp' || port.Protocol === 'sctp' ? port.Protocol : 'tcp',
      mode: port.PublishMode === 'host' ? 'host' : 'ingress',
    }),
  );
}

function modeOf(engine: EngineSpec): ServiceMode {
  const mode = engine.Mode ?? {};
  if (mode.Global) return { kind: 'global' };
  if (mode.GlobalJob) return { kind: 'global-job' };
  if (mode.ReplicatedJob) {
    const replicas = mode.ReplicatedJob.TotalCompletions ?? mode.ReplicatedJob.MaxConcurrent ?? 1;
    const maxConcurrent = mode.ReplicatedJob.MaxConcurrent ?? replicas;
    return maxConcurrent === replicas ? { kind: 'replicated-job', replicas } : { kind: 'replicated-job', replicas, maxConcurrent };
  }
  return { kind: 'replicated', replicas: mode.Replicated?.Replicas ?? 1 };
}

function limitsOf(engine: EngineSpec): ServiceSpec['limits'] {
  const limits = engine.TaskTemplate?.Resources?.Limits;
  const cpus = unlessZero(limits?.NanoCPUs);
  const value = defined<NonNullable<ServiceSpec['limits']>>({
    cpus: cpus === undefined ? undefined : toCpus(cpus),
    memoryBytes: unlessZero(limits?.MemoryBytes),
    pids: unlessZero(limits?.Pids),
  });
  return unlessEmptyMap({ ...value });
}

function reservationsOf(engine: EngineSpec): ServiceSpec['reservations'] {
  const reservations = engine.TaskTemplate?.Resources?.Reservations;
  const cpus = unlessZero(reservations?.NanoCPUs);
  const generic = (reservations?.GenericResources ?? []).flatMap(({ DiscreteResourceSpec: discrete }) =>
    discrete ? [{ kind: discrete.Kind ?? '', value: discrete.Value ?? 0 }] : [],
  );
  const value = defined<NonNullable<ServiceSpec['reservations']>>({
    cpus: cpus === undefined ? undefined : toCpus(cpus),
    memoryBytes: unlessZero(reservations?.MemoryBytes),
    generic: unlessEmptyList(generic),
  });
  return Object.keys(value).length === 0 ? undefined : value;
}

function restartOf(engine: EngineSpec): ServiceSpec['restart'] {
  const policy = engine.TaskTemplate?.RestartPolicy;
  if (!policy) return undefined;
  const { Condition: condition } = policy;
  return defined<NonNullable<ServiceSpec['restart']>>({
    condition: condition === 'none' || condition === 'on-failure' ? condition : 'any',
    delayMs: policy.Delay === null || policy.Delay === undefined ? undefined : toMilliseconds(policy.Delay),
    maxAttempts: unlessZero(policy.MaxAttempts),
    windowMs: policy.Window === null || policy.Window === undefined ? undefined : toMilliseconds(policy.Window),
  });
}

function placementOf(engine: EngineSpec): ServiceSpec['placement'] {
  const placement = engine.TaskTemplate?.Placement;
  const constraints = placement?.Constraints ?? [];
  const preferences = (placement?.Preferences ?? []).map((preference) => preference.Spread?.SpreadDescriptor ?? '');
  const maxReplicasPerNode = unlessZero(placement?.MaxReplicas);
  if (constraints.length === 0 && preferences.length === 0 && maxReplicasPerNode === undefined) return undefined;
  return defined<NonNullable<ServiceSpec['placement']>>({ constraints, preferences, maxReplicasPerNode });
}

function updateOf(config: EngineUpdateConfig | null | undefined): UpdateConfig | undefined {
  if (!config) return undefined;
  const ms = (ns: number | undefined) => (unlessZero(ns) === undefined ? undefined : toMilliseconds(ns ?? 0));
  return defined<UpdateConfig>({
    parallelism: config.Parallelism ?? 0,
    delayMs: ms(config.Delay),
    failureAction: config.FailureAction === 'continue' ? 'continue' : 'pause',
    monitorMs: ms(config.Monitor),
    maxFailureRatio: unlessZero(config.MaxFailureRatio),
    order: config.Order === 'start-first' ? 'start-first' : 'stop-first',
  });
}

function unmodelled(stack: string, engine: EngineSpec, spec: ServiceSpec): Readonly<Record<string, string>> {
  // A stack without objects: every reference carries its own engine name here, and labels of its own are ours.
  const bare: StackSpec = {
    app: '',
    environment: '',
    stack,
    services: {},
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    dependencies: {},
    settings: DEFAULT_RELEASE_SETTINGS,
  };
  const ids = observedIds(engine);
  const seen = flattenEngineSpec(engine);
  const said = flattenEngineSpec(toEngineSpec(bare, spec, { deploymentId: '', fence: 0 }, ids));
  const paths = new Set([...seen.keys(), ...said.keys()]);
  const differing = [...paths].filter((path) => seen.get(path) !== said.get(path)).sort(compare);
  return Object.fromEntries(differing.map((path) => [path, seen.get(path) ?? '(not set)']));
}

/** Ids are the engine's business: give the conversion back the ones that the specification has. */
function observedIds(engine: EngineSpec): ObjectIds {
  const container = engine.TaskTemplate?.ContainerSpec;
  const known = new Map<string, string>();
  for (const use of container?.Secrets ?? []) known.set(`secret:${use.SecretName}`, use.SecretID ?? '');
  for (const use of container?.Configs ?? []) known.set(`config:${use.ConfigName}`, use.ConfigID ?? '');
  return (kind, name) => known.get(`${kind}:${name}`) ?? name;
}
