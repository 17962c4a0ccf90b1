/**
 * The parts of the Engine API's shapes that Shipmate reads and writes (Docker Engine API v1.41, `ServiceSpec`, `Task`, …).
 * Own types, because the published ones misspell members (`HealthCheck`) and lack the job fields. Durations are nanoseconds.
 * The engine writes `null` or leaves out what is not set.
 */
type Maybe<T> = T | null | undefined;
export type Labels = Readonly<Record<string, string>>;

export type EngineMount = {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
  readonly ReadOnly?: Maybe<boolean>;
  readonly BindOptions?: Maybe<{ readonly Propagation?: string }>;
  readonly VolumeOptions?: Maybe<{
    readonly NoCopy?: boolean;
    readonly Labels?: Maybe<Labels>;
    readonly DriverConfig?: Maybe<{ readonly Name?: string; readonly Options?: Maybe<Labels> }>;
  }>;
  readonly TmpfsOptions?: Maybe<{ readonly SizeBytes?: number; readonly Mode?: number }>;
};

export type EngineHealthcheck = {
  readonly Test?: Maybe<readonly string[]>;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
};

type FileTarget = Maybe<{ readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number }>;
export type EngineSecretReference = { readonly File?: FileTarget; readonly SecretID?: string; readonly SecretName?: string };
export type EngineConfigReference = { readonly File?: FileTarget; readonly ConfigID?: string; readonly ConfigName?: string };

export type EngineContainerSpec = {
  readonly Image?: string;
  readonly Labels?: Maybe<Labels>;
  readonly Command?: Maybe<readonly string[]>;
  readonly Args?: Maybe<readonly string[]>;
  readonly Hostname?: string;
  readonly Env?: Maybe<readonly string[]>;
  readonly Dir?: string;
  readonly User?: string;
  readonly Groups?: Maybe<readonly string[]>;
  readonly Privileges?: Maybe<Readonly<Record<string, unknown>>>;
  readonly StopSignal?: string;
  readonly TTY?: boolean;
  readonly OpenStdin?: boolean;
  readonly ReadOnly?: boolean;
  readonly Mounts?: Maybe<readonly EngineMount[]>;
  readonly StopGracePeriod?: Maybe<number>;
  readonly Healthcheck?: Maybe<EngineHealthcheck>;
  readonly Hosts?: Maybe<readonly string[]>;
  readonly DNSConfig?: Maybe<{
    readonly Nameservers?: Maybe<readonly string[]>;
    readonly Search?: Maybe<readonly string[]>;
    readonly Options?: Maybe<readonly string[]>;
  }>;
  readonly Secrets?: Maybe<readonly EngineSecretReference[]>;
  readonly Configs?: Maybe<readonly EngineConfigReference[]>;
  readonly Isolation?: string;
  readonly Init?: Maybe<boolean>;
  readonly Sysctls?: Maybe<Labels>;
  readonly CapabilityAdd?: Maybe<readonly string[]>;
  readonly CapabilityDrop?: Maybe<readonly string[]>;
  readonly Ulimits?: Maybe<readonly { readonly Name?: string; readonly Soft?: number; readonly Hard?: number }[]>;
};

export type EngineTaskSpec = {
  readonly ContainerSpec?: Maybe<EngineContainerSpec>;
  readonly Resources?: Maybe<{
    readonly Limits?: Maybe<{ readonly NanoCPUs?: number; readonly MemoryBytes?: number; readonly Pids?: number }>;
    readonly Reservations?: Maybe<{
      readonly NanoCPUs?: number;
      readonly MemoryBytes?: number;
      readonly GenericResources?: Maybe<
        readonly { readonly DiscreteResourceSpec?: Maybe<{ readonly Kind?: string; readonly Value?: number }> }[]
      >;
    }>;
  }>;
  readonly RestartPolicy?: Maybe<{
    readonly Condition?: string;
    readonly Delay?: Maybe<number>;
    readonly MaxAttempts?: Maybe<number>;
    readonly Window?: Maybe<number>;
  }>;
  readonly Placement?: Maybe<{
    readonly Constraints?: Maybe<readonly string[]>;
    readonly Preferences?: Maybe<readonly { readonly Spread?: Maybe<{ readonly SpreadDescriptor?: string }> }[]>;
    readonly MaxReplicas?: number;
  }>;
  readonly Networks?: Maybe<readonly EngineAttachment[]>;
  readonly LogDriver?: Maybe<{ readonly Name?: string; readonly Options?: Maybe<Labels> }>;
  readonly ForceUpdate?: number;
  readonly Runtime?: string;
};

export type EngineAttachment = {
  readonly Target?: string;
  readonly Aliases?: Maybe<readonly string[]>;
  readonly DriverOpts?: Maybe<Labels>;
};

export type EngineUpdateConfig = {
  readonly Parallelism?: number;
  readonly Delay?: number;
  readonly FailureAction?: string;
  readonly Monitor?: number;
  readonly MaxFailureRatio?: number;
  readonly Order?: string;
};

export type EnginePort = {
  readonly Protocol?: string;
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: string;
};

export type EngineSpec = {
  readonly Name?: string;
  readonly Labels?: Maybe<Labels>;
  readonly TaskTemplate?: Maybe<EngineTaskSpec>;
  readonly Mode?: Maybe<{
    readonly Replicated?: Maybe<{ readonly Replicas?: Maybe<number> }>;
    readonly Global?: Maybe<object>;
    readonly ReplicatedJob?: Maybe<{ readonly MaxConcurrent?: Maybe<number>; readonly TotalCompletions?: Maybe<number> }>;
    readonly GlobalJob?: Maybe<object>;
  }>;
  readonly UpdateConfig?: Maybe<EngineUpdateConfig>;
  readonly RollbackConfig?: Maybe<EngineUpdateConfig>;
  readonly Networks?: Maybe<readonly EngineAttachment[]>;
  readonly EndpointSpec?: Maybe<{ readonly Mode?: string; readonly Ports?: Maybe<readonly EnginePort[]> }>;
};

type Index = { readonly Index?: number };

export type EngineService = {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: EngineSpec;
  readonly PreviousSpec?: Maybe<EngineSpec>;
  readonly UpdateStatus?: Maybe<{
    readonly State?: string;
    readonly Message?: string;
    readonly StartedAt?: string;
    readonly CompletedAt?: string;
  }>;
  readonly JobStatus?: Maybe<{ readonly JobIteration?: Maybe<Index> }>;
};

export type EngineTask = {
  readonly ID: string;
  readonly CreatedAt: string;
  readonly Spec: EngineTaskSpec;
  readonly ServiceID: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly Status: {
    readonly Timestamp?: string;
    readonly State?: string;
    readonly Message?: string;
    readonly Err?: string;
    readonly ContainerStatus?: Maybe<{ readonly ContainerID?: string; readonly ExitCode?: number }>;
  };
  readonly DesiredState?: string;
  readonly JobIteration?: Maybe<Index>;
};

export type EngineNetwork = {
  readonly Id: string;
  readonly Name: string;
  readonly Scope: string;
  readonly Driver: string;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly EnableIPv6: boolean;
  readonly Ingress: boolean;
  readonly Options?: Maybe<Labels>;
  readonly Labels?: Maybe<Labels>;
  readonly IPAM?: Maybe<{
    readonly Driver?: string;
    readonly Config?: Maybe<readonly { readonly Subnet?: string; readonly Gateway?: string; readonly IPRange?: string }[]>;
  }>;
};

/** A secret or a config; only configs come with their data. */
export type EngineFileObject = { readonly ID: string; readonly Spec: { readonly Name: string; readonly Labels?: Maybe<Labels> } };

export type EngineVolume = { readonly Name: string; readonly Labels?: Maybe<Labels> };
