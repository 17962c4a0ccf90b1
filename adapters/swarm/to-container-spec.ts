import type { FileReference, HealthcheckSpec, MountSpec, ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import { normaliseCapabilities } from './capabilities-list.ts';
import type { EngineConfigReference, EngineContainerSpec, EngineHealthcheck, EngineMount, EngineSecretReference } from './engine-types.ts';
import { defined, toNanoseconds, unlessEmptyList } from './engine-units.ts';
import { STACK_LABEL } from './labels.ts';
import type { ObjectIds } from './object-ids.ts';
import { fileName, volumeName } from './object-keys.ts';
import { compare } from './order.ts';

/** The container half of a service's specification. */
export function toContainerSpec(stack: StackSpec, service: ServiceSpec, ids: ObjectIds): EngineContainerSpec {
  const { capAdd, capDrop } = normaliseCapabilities(service.capAdd ?? [], service.capDrop ?? []);
  return defined<EngineContainerSpec>({
    Image: service.pinnedImage ?? service.image,
    Labels: { ...service.containerLabels, [STACK_LABEL]: stack.stack },
    Command: service.entrypoint,
    Args: service.command,
    Hostname: service.hostname,
    Env: toEnv(service.environment),
    Dir: service.workingDir,
    User: service.user,
    Groups: service.groups,
    Privileges: { CredentialSpec: null, SELinuxContext: null },
    StopSignal: service.stopSignal,
    TTY: service.tty,
    OpenStdin: service.openStdin,
    ReadOnly: service.readOnly,
    Mounts: unlessEmptyList(service.mounts.map((mount) => toMount(stack, mount))),
    StopGracePeriod: service.stopGracePeriodMs === undefined ? undefined : toNanoseconds(service.stopGracePeriodMs),
    Healthcheck: service.healthcheck === undefined ? undefined : toHealthcheck(service.healthcheck),
    Hosts: unlessEmptyList(service.extraHosts?.map(({ host, address }) => `${address} ${host}`)),
    DNSConfig:
      service.dns === undefined
        ? undefined
        : defined({
            Nameservers: unlessEmptyList(service.dns.servers),
            Search: unlessEmptyList(service.dns.search),
            Options: unlessEmptyList(service.dns.options),
          }),
    Secrets: unlessEmptyList(toSecrets(stack, service.secrets, ids)),
    Configs: unlessEmptyList(toConfigs(stack, service.configs, ids)),
    Isolation: service.isolation,
    Init: service.init,
    Sysctls: service.sysctls,
    CapabilityAdd: unlessEmptyList(capAdd),
    CapabilityDrop: unlessEmptyList(capDrop),
    Ulimits: unlessEmptyList(
      service.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })).sort((a, b) => compare(a.Name, b.Name)),
    ),
  });
}

function toEnv(environment: ServiceSpec['environment']): readonly string[] | undefined {
  const entries = Object.entries(environment).map(([key, value]) => (value === null ? key : `${key}=${value}`));
  return unlessEmptyList(entries.sort(compare));
}

function toMount(stack: StackSpec, mount: MountSpec): EngineMount {
  switch (mount.type) {
    case 'volume':
      return toVolumeMount(stack, mount);
    case 'bind':
      return defined<EngineMount>({
        Type: 'bind',
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly || undefined,
        BindOptions: mount.propagation === undefined ? undefined : { Propagation: mount.propagation },
      });
    case 'tmpfs':
      return defined<EngineMount>({
        Type: 'tmpfs',
        Target: mount.target,
        ReadOnly: mount.readOnly || undefined,
        TmpfsOptions:
          mount.sizeBytes === undefined && mount.mode === undefined ? undefined : defined({ SizeBytes: mount.sizeBytes, Mode: mount.mode }),
      });
  }
}

function toVolumeMount(stack: StackSpec, mount: Extract<MountSpec, { type: 'volume' }>): EngineMount {
  const base = { Type: 'volume', Target: mount.target, ReadOnly: mount.readOnly || undefined };
  const { source } = mount;
  if (source === undefined) return defined<EngineMount>({ ...base, VolumeOptions: mount.noCopy ? { NoCopy: true } : undefined });

  const volume = stack.volumes[source];
  const driver = volume === undefined ? mount.driver : volume.driver;
  const options = volume === undefined ? (mount.driverOptions ?? {}) : volume.driverOptions;
  const ownLabels = volume === undefined ? mount.volumeLabels : volume.external ? undefined : volume.labels;
  const hasDriver = ownLabels !== undefined && (driver !== undefined || Object.keys(options).length > 0);
  return defined<EngineMount>({
    ...base,
    Source: volumeName(stack, { ...mount, source }),
    VolumeOptions: defined<NonNullable<EngineMount['VolumeOptions']>>({
      NoCopy: mount.noCopy || undefined,
      Labels: ownLabels === undefined ? undefined : { ...ownLabels, [STACK_LABEL]: stack.stack },
      DriverConfig: hasDriver ? defined({ Name: driver, Options: Object.keys(options).length === 0 ? undefined : options }) : undefined,
    }),
  });
}

function toHealthcheck(check: HealthcheckSpec): EngineHealthcheck {
  if (check.disabled) return { Test: ['NONE'] };
  const ns = (ms: number | undefined) => (ms === undefined ? undefined : toNanoseconds(ms));
  return defined<EngineHealthcheck>({
    Test: unlessEmptyList(check.test),
    Interval: ns(check.intervalMs),
    Timeout: ns(check.timeoutMs),
    StartPeriod: ns(check.startPeriodMs),
    StartInterval: ns(check.startIntervalMs),
    Retries: check.retries,
  });
}

function toFile(reference: FileReference) {
  return { Name: reference.target, UID: reference.uid, GID: reference.gid, Mode: reference.mode };
}

function toSecrets(stack: StackSpec, references: readonly FileReference[], ids: ObjectIds): readonly EngineSecretReference[] {
  return references
    .map((reference) => ({ reference, name: fileName(stack, 'secret', reference) }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.reference.target, b.reference.target))
    .map(({ reference, name }) => ({ File: toFile(reference), SecretID: ids('secret', name), SecretName: name }));
}

function toConfigs(stack: StackSpec, references: readonly FileReference[], ids: ObjectIds): readonly EngineConfigReference[] {
  return references
    .map((reference) => ({ reference, name: fileName(stack, 'config', reference) }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.reference.target, b.reference.target))
    .map(({ reference, name }) => ({ File: toFile(reference), ConfigID: ids('config', name), ConfigName: name }));
}
