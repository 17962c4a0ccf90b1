import type { Person } from '../domain/deployment.ts';
import type { Role } from '../domain/permissions.ts';

/** What `shipmate.yml` says, validated: apps, environments, people, roles, channels. */
export type Workspace = {
  readonly name: string;
  /** Folder of `shipmate.yml`; relative paths in it start here. */
  readonly folder: string;
  readonly development: boolean;
  readonly apps: Readonly<Record<string, AppConfig>>;
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
  readonly people: Readonly<Record<string, PersonConfig>>;
  readonly channels: readonly ChannelConfig[];
  readonly engine: EnginePolicy;
  /** Hash over what decides about deployments (environments and engine policy): part of every plan hash as the policy's version. */
  readonly policyVersion: string;
};

export type AppConfig = {
  readonly name: string;
  readonly description: string;
  /** Compose files in merge order, absolute paths. */
  readonly composeFiles: readonly string[];
  readonly environments: Readonly<Record<string, AppEnvironmentConfig>>;
  /** Person ids by role. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
};

export type AppEnvironmentConfig = {
  readonly overrideFiles: readonly string[];
  /** Variables for Compose interpolation, beside `VERSION`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  /** The channel where its cards go when a deployment was not asked for in a channel. */
  readonly channel: string | null;
};

export type EnvironmentConfig = {
  readonly name: string;
  /** A protected environment takes no deployment without approvals; approvals that cannot be collected mean no deployment. */
  readonly protected: boolean;
  /** Roles that may deploy here. */
  readonly deployers: readonly Role[];
};

export type PersonConfig = Person & { readonly identities: Readonly<Record<string, string>> };

export type ChannelConfig = { readonly name: string; readonly topic: string };

/** What the operator allows app definitions to ask of the engine; everything is off until it is turned on. */
export type EnginePolicy = {
  readonly allowBindMounts: readonly string[];
  readonly allowAddedCapabilities: readonly string[];
  readonly allowRootUser: boolean;
  readonly encryptNetworks: boolean;
  /** Image with a Node or curl binary for HTTP checks inside an app's network; null when there is none. */
  readonly probeImage: string | null;
};
