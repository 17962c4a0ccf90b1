/**
 * One service of a stack in neutral terms: what the Compose Specification says, fully normalised (long forms, defaults
 * resolved, lists in a stable order), and what the engine adapter turns into the engine's own shape and back.
 * Durations are milliseconds and may be fractional; memory is bytes; CPUs are in units of one core.
 * An absent optional member means "not given": the engine's default applies.
 */
export type ServiceSpec = {
  readonly name: string;
  /** As written after interpolation, for people: `registry/shop/web:1.0.0`. */
  readonly image: string;
  /** What the engine is told to run: `registry/shop/web:1.0.0@sha256:…`, or a local image id `sha256:…`. Absent until resolved. */
  readonly pinnedImage?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** `null` takes the value from the image (Compose `KEY:` without value and nothing in the environment removes it). Sorted by key. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Labels of the service object (`deploy.labels`), without Shipmate's own. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the containers (`labels`). */
  readonly containerLabels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly workingDir?: string;
  readonly hostname?: string;
  readonly tty?: boolean;
  readonly openStdin?: boolean;
  readonly readOnly?: boolean;
  readonly init?: boolean;
  readonly stopSignal?: string;
  readonly stopGracePeriodMs?: number;
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** `host:address` as Compose writes them. */
  readonly extraHosts?: readonly { readonly host: string; readonly address: string }[];
  readonly dns?: { readonly servers: readonly string[]; readonly search: readonly string[]; readonly options: readonly string[] };
  readonly isolation?: string;
  readonly mounts: readonly MountSpec[];
  readonly networks: readonly NetworkAttachment[];
  readonly ports: readonly PortSpec[];
  readonly endpointMode?: 'vip' | 'dnsrr';
  readonly healthcheck?: HealthcheckSpec;
  readonly mode: ServiceMode;
  readonly limits?: { readonly cpus?: number; readonly memoryBytes?: number; readonly pids?: number };
  readonly reservations?: {
    readonly cpus?: number;
    readonly memoryBytes?: number;
    readonly generic?: readonly { readonly kind: string; readonly value: number }[];
  };
  readonly restart?: RestartPolicy;
  readonly placement?: {
    readonly constraints: readonly string[];
    readonly preferences: readonly string[];
    readonly maxReplicasPerNode?: number;
  };
  readonly update?: UpdateConfig;
  readonly rollback?: UpdateConfig;
  readonly secrets: readonly FileReference[];
  readonly configs: readonly FileReference[];
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
};

export type MountSpec =
  | {
      readonly type: 'volume';
      readonly source?: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly noCopy?: boolean;
      /** What `source` leads to, as the engine keeps it with the mount; filled in by the orchestrator's `adapt` and `observe`, so that a changed volume is a changed service. */
      readonly engineName?: string;
      readonly driver?: string;
      readonly driverOptions?: Readonly<Record<string, string>>;
      /** Absent for an external volume. */
      readonly volumeLabels?: Readonly<Record<string, string>>;
    }
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean; readonly propagation?: string }
  | { readonly type: 'tmpfs'; readonly target: string; readonly readOnly: boolean; readonly sizeBytes?: number; readonly mode?: number };

/** `network` is the key in {@link StackSpec.networks}. */
export type NetworkAttachment = {
  readonly network: string;
  /** The network's name on the engine; filled in by the orchestrator's `adapt` and `observe`. */
  readonly engineName?: string;
  readonly aliases: readonly string[];
  readonly driverOptions?: Readonly<Record<string, string>>;
};

export type PortSpec = {
  readonly target: number;
  readonly published?: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly mode: 'ingress' | 'host';
};

export type HealthcheckSpec =
  | { readonly disabled: true }
  | {
      readonly disabled: false;
      /** As the engine takes it: first member `CMD` or `CMD-SHELL`. Empty inherits the image's. */
      readonly test: readonly string[];
      readonly intervalMs?: number;
      readonly timeoutMs?: number;
      readonly startPeriodMs?: number;
      readonly startIntervalMs?: number;
      readonly retries?: number;
    };

export type ServiceMode =
  | { readonly kind: 'replicated'; readonly replicas: number }
  | { readonly kind: 'global' }
  /** Runs to completion: a one-off job such as a migration. */
  | { readonly kind: 'replicated-job'; readonly replicas: number; readonly maxConcurrent?: number }
  | { readonly kind: 'global-job' };

export type RestartPolicy = {
  readonly condition: 'none' | 'on-failure' | 'any';
  readonly delayMs?: number;
  readonly maxAttempts?: number;
  readonly windowMs?: number;
};

export type UpdateConfig = {
  /** Tasks updated at a time; 0 is all of them. */
  readonly parallelism: number;
  readonly delayMs?: number;
  /** Never the engine's own `rollback`: Shipmate takes the whole release back itself (docs/architecture.md, rule 4). */
  readonly failureAction?: 'pause' | 'continue';
  readonly monitorMs?: number;
  readonly maxFailureRatio?: number;
  readonly order?: 'stop-first' | 'start-first';
};

/** A secret or config mounted as a file; `source` is the key in the stack's secrets or configs. */
export type FileReference = {
  readonly source: string;
  /** The object's versioned name on the engine, so that changed content is a changed service; filled in by the orchestrator's `adapt` and `observe`. */
  readonly engineName?: string;
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: number;
};

export function isJob(mode: ServiceMode): boolean {
  return mode.kind === 'replicated-job' || mode.kind === 'global-job';
}
