import type { FileReference, HealthcheckSpec, MountSpec, ServiceSpec } from '../../src/domain/service-spec.ts';
import { normaliseCapabilities } from './capabilities-list.ts';
import type { EngineContainerSpec, EngineHealthcheck, EngineMount, Labels } from './engine-types.ts';
import { defined, toMilliseconds, unlessEmpty, unlessEmptyList, unlessEmptyMap, unlessZero } from './engine-units.ts';
import { STACK_LABEL } from './labels.ts';
import type { ObjectKind } from './object-keys.ts';

type KeyOf = (kind: ObjectKind, engineName: string) => string;

/** The members of a {@link ServiceSpec} that come from the engine's container specification. */
export function fromContainerSpec(stack: string, container: EngineContainerSpec, keyOf: KeyOf) {
  const { capAdd, capDrop } = normaliseCapabilities(container.CapabilityAdd ?? [], container.CapabilityDrop ?? []);
  return {
    entrypoint: unlessEmptyList(container.Command),
    command: unlessEmptyList(container.Args),
    environment: environmentOf(container.Env ?? []),
    containerLabels: withoutStack(stack, container.Labels),
    user: unlessEmpty(container.User),
    groups: unlessEmptyList(container.Groups),
    workingDir: unlessEmpty(container.Dir),
    hostname: unlessEmpty(container.Hostname),
    tty: container.TTY || undefined,
    openStdin: container.OpenStdin || undefined,
    readOnly: container.ReadOnly || undefined,
    init: container.Init ?? undefined,
    stopSignal: unlessEmpty(container.StopSignal),
    stopGracePeriodMs:
      container.StopGracePeriod === null || container.StopGracePeriod === undefined ? undefined : toMilliseconds(container.StopGracePeriod),
    capAdd: unlessEmptyList(capAdd),
    capDrop: unlessEmptyList(capDrop),
    sysctls: unlessEmptyMap(container.Sysctls),
    ulimits: unlessEmptyList(container.Ulimits?.map((limit) => ({ name: limit.Name ?? '', soft: limit.Soft ?? 0, hard: limit.Hard ?? 0 }))),
    extraHosts: unlessEmptyList(container.Hosts?.flatMap(hostsOf)),
    dns: dnsOf(container),
    isolation: container.Isolation === 'default' ? undefined : unlessEmpty(container.Isolation),
    mounts: (container.Mounts ?? []).flatMap((mount) => mountOf(stack, mount, keyOf)),
    healthcheck: healthcheckOf(container.Healthcheck),
    secrets: (container.Secrets ?? []).flatMap((use) => fileOf(use.SecretName, use.File, (name) => keyOf('secret', name))),
    configs: (container.Configs ?? []).flatMap((use) => fileOf(use.ConfigName, use.File, (name) => keyOf('config', name))),
  };
}

function environmentOf(env: readonly string[]): ServiceSpec['environment'] {
  const entries = env.map((entry): readonly [string, string | null] => {
    const at = entry.indexOf('=');
    return at < 0 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function withoutStack(stack: string, labels: Labels | null | undefined): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key, value]) => key !== STACK_LABEL || value !== stack));
}

/** SwarmKit's notation is that of a hosts file: an address and one or more names. */
function hostsOf(line: string): readonly { host: string; address: string }[] {
  const [address = '', ...hosts] = line.split(/\s+/).filter((part) => part !== '');
  return hosts.map((host) => ({ host, address }));
}

function dnsOf({ DNSConfig: dns }: EngineContainerSpec): ServiceSpec['dns'] {
  const value = { servers: dns?.Nameservers ?? [], search: dns?.Search ?? [], options: dns?.Options ?? [] };
  return value.servers.length + value.search.length + value.options.length === 0 ? undefined : value;
}

function healthcheckOf(check: EngineHealthcheck | null | undefined): HealthcheckSpec | undefined {
  if (!check) return undefined;
  if (check.Test?.[0] === 'NONE') return { disabled: true };
  const ms = (ns: number | undefined) => (unlessZero(ns) === undefined ? undefined : toMilliseconds(ns ?? 0));
  const settings = defined<Omit<Extract<HealthcheckSpec, { disabled: false }>, 'test' | 'disabled'>>({
    intervalMs: ms(check.Interval),
    timeoutMs: ms(check.Timeout),
    startPeriodMs: ms(check.StartPeriod),
    startIntervalMs: ms(check.StartInterval),
    retries: unlessZero(check.Retries),
  });
  const test = check.Test ?? [];
  return test.length === 0 && Object.keys(settings).length === 0 ? undefined : { disabled: false, test, ...settings };
}

function mountOf(stack: string, mount: EngineMount, keyOf: KeyOf): readonly MountSpec[] {
  const target = mount.Target ?? '';
  const readOnly = mount.ReadOnly === true;
  switch (mount.Type) {
    case 'volume': {
      const options = mount.VolumeOptions;
      const noCopy = options?.NoCopy || undefined;
      const engineName = unlessEmpty(mount.Source);
      if (engineName === undefined) return [defined<MountSpec>({ type: 'volume', target, readOnly, noCopy })];
      const ownsVolume = options?.Labels?.[STACK_LABEL] === stack;
      return [
        defined<MountSpec>({
          type: 'volume',
          source: keyOf('volume', engineName),
          target,
          readOnly,
          noCopy,
          engineName,
          driver: unlessEmpty(options?.DriverConfig?.Name),
          driverOptions: unlessEmptyMap(options?.DriverConfig?.Options),
          volumeLabels: ownsVolume ? withoutStack(stack, options?.Labels) : undefined,
        }),
      ];
    }
    case 'bind':
      return [
        defined<MountSpec>({
          type: 'bind',
          source: mount.Source ?? '',
          target,
          readOnly,
          propagation: unlessEmpty(mount.BindOptions?.Propagation),
        }),
      ];
    case 'tmpfs':
      return [
        defined<MountSpec>({
          type: 'tmpfs',
          target,
          readOnly,
          sizeBytes: unlessZero(mount.TmpfsOptions?.SizeBytes),
          mode: unlessZero(mount.TmpfsOptions?.Mode),
        }),
      ];
    default:
      // Another type of mount is nothing that a planned service has: it shows up as unmodelled.
      return [];
  }
}

type FileTarget = { readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number } | null | undefined;

function fileOf(engineName: string | undefined, file: FileTarget, keyOf: (name: string) => string): readonly FileReference[] {
  if (engineName === undefined || !file) return [];
  return [{ source: keyOf(engineName), engineName, target: file.Name, uid: file.UID, gid: file.GID, mode: file.Mode }];
}
