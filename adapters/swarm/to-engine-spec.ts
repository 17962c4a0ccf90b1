import type { WriteOwner } from '../../src/domain/observed.ts';
import type { PortSpec, ServiceMode, ServiceSpec, UpdateConfig } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { EnginePort, EngineSpec, EngineTaskSpec, EngineUpdateConfig } from './engine-types.ts';
import { defined, toNanoCpus, toNanoseconds } from './engine-units.ts';
import { APP_LABEL, ENVIRONMENT_LABEL, IMAGE_LABEL, KEYS_LABEL, ownerLabels, STACK_LABEL } from './labels.ts';
import { isPredefinedNetwork, type ObjectIds } from './object-ids.ts';
import { irregularKeys, networkName } from './object-keys.ts';
import { compare } from './order.ts';
import { toContainerSpec } from './to-container-spec.ts';

/**
 * The engine's specification of a service: what `docker stack deploy` sends for the same Compose file
 * (docker/cli, cli/compose/convert/service.go), with Shipmate's labels, the pinned image and the versioned objects.
 * Members that command always sends, empty ones too (`Privileges`, `Placement`, `Resources`), are sent here as well: the
 * engine compares task templates member by member, and a missing empty one would restart every task on a take-over.
 */
export function toEngineSpec(stack: StackSpec, service: ServiceSpec, owner: WriteOwner, ids: ObjectIds): EngineSpec {
  const keys = irregularKeys(stack, service);
  return defined<EngineSpec>({
    Name: `${stack.stack}_${service.name}`,
    Labels: {
      ...service.labels,
      [STACK_LABEL]: stack.stack,
      [IMAGE_LABEL]: service.image,
      [APP_LABEL]: stack.app,
      [ENVIRONMENT_LABEL]: stack.environment,
      ...(Object.keys(keys).length === 0 ? {} : { [KEYS_LABEL]: JSON.stringify(keys) }),
      ...ownerLabels(owner),
    },
    TaskTemplate: toTaskSpec(stack, service, ids),
    Mode: toMode(service.mode),
    UpdateConfig: toUpdateConfig(service.update),
    RollbackConfig: toUpdateConfig(service.rollback),
    EndpointSpec: { Mode: service.endpointMode ?? 'vip', Ports: service.ports.map(toPort).sort(byPort) },
  });
}

function toTaskSpec(stack: StackSpec, service: ServiceSpec, ids: ObjectIds): EngineTaskSpec {
  const { logging, placement } = service;
  return defined<EngineTaskSpec>({
    ContainerSpec: toContainerSpec(stack, service, ids),
    LogDriver: logging === undefined ? undefined : { Name: logging.driver, Options: logging.options },
    Resources: toResources(service),
    RestartPolicy: toRestartPolicy(service),
    Placement: defined<NonNullable<EngineTaskSpec['Placement']>>({
      Constraints: placement === undefined || placement.constraints.length === 0 ? undefined : placement.constraints,
      Preferences:
        placement === undefined || placement.preferences.length === 0
          ? undefined
          : placement.preferences.map((descriptor) => ({ Spread: { SpreadDescriptor: descriptor } })),
      MaxReplicas: placement?.maxReplicasPerNode,
    }),
    Networks: service.networks
      .map((use) => ({ name: networkName(stack, use), use }))
      .sort((a, b) => compare(a.name, b.name))
      .map(({ name, use }) =>
        defined({
          Target: ids('network', name),
          // A service always answers to its own name, except on predefined networks: those know no aliases.
          Aliases: isPredefinedNetwork(name) || use.aliases.includes(service.name) ? use.aliases : [...use.aliases, service.name],
          DriverOpts: use.driverOptions,
        }),
      ),
  });
}

function toResources({ limits, reservations }: ServiceSpec): NonNullable<EngineTaskSpec['Resources']> {
  return defined<NonNullable<EngineTaskSpec['Resources']>>({
    Limits:
      limits === undefined
        ? undefined
        : defined({
            NanoCPUs: limits.cpus === undefined ? undefined : toNanoCpus(limits.cpus),
            MemoryBytes: limits.memoryBytes,
            Pids: limits.pids,
          }),
    Reservations:
      reservations === undefined
        ? undefined
        : defined({
            NanoCPUs: reservations.cpus === undefined ? undefined : toNanoCpus(reservations.cpus),
            MemoryBytes: reservations.memoryBytes,
            GenericResources: reservations.generic?.map(({ kind, value }) => ({ DiscreteResourceSpec: { Kind: kind, Value: value } })),
          }),
  });
}

function toRestartPolicy({ restart }: ServiceSpec): EngineTaskSpec['RestartPolicy'] {
  if (restart === undefined) return undefined;
  return defined<NonNullable<EngineTaskSpec['RestartPolicy']>>({
    Condition: restart.condition,
    Delay: restart.delayMs === undefined ? undefined : toNanoseconds(restart.delayMs),
    MaxAttempts: restart.maxAttempts,
    Window: restart.windowMs === undefined ? undefined : toNanoseconds(restart.windowMs),
  });
}

function toMode(mode: ServiceMode): NonNullable<EngineSpec['Mode']> {
  switch (mode.kind) {
    case 'replicated':
      return { Replicated: { Replicas: mode.replicas } };
    case 'global':
      return { Global: {} };
    case 'replicated-job':
      return { ReplicatedJob: { MaxConcurrent: mode.maxConcurrent ?? mode.replicas, TotalCompletions: mode.replicas } };
    case 'global-job':
      return { GlobalJob: {} };
  }
}

/** Never `rollback`: it swaps the two specifications, so a second one rolls forward. */
function toUpdateConfig(config: UpdateConfig | undefined): EngineUpdateConfig | undefined {
  if (config === undefined) return undefined;
  return defined<EngineUpdateConfig>({
    Parallelism: config.parallelism,
    Delay: config.delayMs === undefined ? undefined : toNanoseconds(config.delayMs),
    FailureAction: config.failureAction ?? 'pause',
    Monitor: config.monitorMs === undefined ? undefined : toNanoseconds(config.monitorMs),
    MaxFailureRatio: config.maxFailureRatio,
    Order: config.order ?? 'stop-first',
  });
}

function toPort(port: PortSpec): EnginePort {
  return defined<EnginePort>({ Protocol: port.protocol, TargetPort: port.target, PublishedPort: port.published, PublishMode: port.mode });
}

/** The order `docker stack deploy` sends them in, made total. */
export function byPort(a: EnginePort, b: EnginePort): number {
  return (
    (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0) ||
    (a.TargetPort ?? 0) - (b.TargetPort ?? 0) ||
    compare(a.Protocol ?? '', b.Protocol ?? '') ||
    compare(a.PublishMode ?? '', b.PublishMode ?? '')
  );
}
