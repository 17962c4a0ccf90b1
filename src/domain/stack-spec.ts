import type { ReleaseSettings } from './release-settings.ts';
import type { ServiceSpec } from './service-spec.ts';

/** Everything one release wants of one environment: services in neutral terms, the objects they use, and Shipmate's own settings. */
export type StackSpec = {
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly networks: Readonly<Record<string, NetworkSpec>>;
  readonly volumes: Readonly<Record<string, VolumeSpec>>;
  readonly secrets: Readonly<Record<string, FileObjectSpec>>;
  readonly configs: Readonly<Record<string, FileObjectSpec>>;
  readonly dependencies: Readonly<Record<string, readonly Dependency[]>>;
  readonly settings: ReleaseSettings;
};

/** `service` must reach `condition` before the service that names it starts. */
export type Dependency = {
  readonly service: string;
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  /** Compose `required: false`: the dependency may be absent (a profile that is off). */
  readonly required: boolean;
};

/** `engineName` is the object's name on the engine. External objects are used and never created, changed or removed. */
export type NetworkSpec = {
  readonly engineName: string;
  readonly external: boolean;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly attachable: boolean;
  readonly internal: boolean;
  readonly enableIPv6?: boolean;
  readonly ipam?: {
    readonly driver?: string;
    readonly subnets: readonly { readonly subnet?: string; readonly gateway?: string; readonly ipRange?: string }[];
  };
};

export type VolumeSpec = {
  readonly engineName: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};

/**
 * A secret or a config. Immutable on the engine, so its name carries a keyed fingerprint of its content:
 * `<stack>_<key>_<fingerprint>`; a changed content is a new object. The content itself is not part of the specification
 * (it is fetched by `fingerprint` from the release's sealed contents when the object has to be created).
 */
export type FileObjectSpec = {
  readonly engineName: string;
  readonly external: boolean;
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly templateDriver?: string;
  /** The name under which `/secret set` keeps what this delivers. */
  readonly secretName?: string;
};
