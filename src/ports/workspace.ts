import type { ApprovalPolicy } from '../domain/approval-policy.ts';
import type { Person } from '../domain/deployment.ts';
import type { FirstFactor } from '../domain/factor.ts';
import type { Recurring, Schedule } from '../domain/freeze-window.ts';
import type { Role } from '../domain/permissions.ts';
import type { Place } from '../domain/place.ts';
import type { Topic } from '../domain/subscription.ts';
import type { RoleGrant } from './access-store.ts';

/** What `shipmate.yml` says, validated: apps, environments, people, roles, channels. */
export type Workspace = {
  readonly name: string;
  /** Folder of `shipmate.yml`; relative paths in it start here. */
  readonly folder: string;
  readonly development: boolean;
  readonly apps: Readonly<Record<string, AppConfig>>;
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
  readonly people: Readonly<Record<string, PersonConfig>>;
  /** Person ids and groups of platforms by the name that policies use. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly channels: readonly ChannelConfig[];
  readonly hooks: Readonly<Record<string, HookConfig>>;
  readonly engine: EnginePolicy;
  /** How long audit records are kept, milliseconds; null is for ever. */
  readonly audit: { readonly keepMs: number | null };
  /** When the first factor of a person counts. */
  readonly secondFactor: { readonly firstFactor: FirstFactor };
  readonly limits: Limits;
  /** When people are at work: what is asked for at another time is flagged on its approval card. */
  readonly workingHours: readonly Recurring[];
};

export type AppConfig = {
  readonly name: string;
  readonly description: string;
  /** Where its source can be read (`https://github.com/acme/shop`), for links to what changed. */
  readonly repository: string | null;
  /** Compose files in merge order, absolute paths. */
  readonly composeFiles: readonly string[];
  readonly environments: Readonly<Record<string, AppEnvironmentConfig>>;
  /** Person ids and groups of platforms (`slack-group:…`) by role. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
  /** Set where roles were given in chat: `roles` has those, too, and here is what `shipmate.yml` says and what was added. */
  readonly given?: { readonly configured: Readonly<Record<Role, readonly string[]>>; readonly grants: readonly RoleGrant[] };
  /** Channels that follow the app because the workspace says so. */
  readonly subscriptions: readonly ConfiguredSubscription[];
};

export type ConfiguredSubscription = { readonly place: Place; readonly environment: string | null; readonly about: readonly Topic[] };

export type AppEnvironmentConfig = {
  readonly overrideFiles: readonly string[];
  /** Variables for Compose interpolation, beside `VERSION`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  /** Where every card of this environment stands, wherever its deployment was asked for. */
  readonly channels: readonly Place[];
};

export type EnvironmentConfig = {
  readonly name: string;
  /** A protected environment takes no deployment without approvals; approvals that cannot be collected mean no deployment. */
  readonly protected: boolean;
  /** Roles that may deploy here. */
  readonly deployers: readonly Role[];
  /** Stretches of time in which it takes no deployments. */
  readonly freezes: readonly { readonly schedule: Schedule; readonly reason: string }[];
  /** With some, it takes deployments only inside one of them. */
  readonly windows: readonly Recurring[];
  /** A rollback leaves a lock, so that nothing is deployed before somebody has looked. */
  readonly lockAfterRollback: boolean;
  /** Who has to agree; null exactly when it is not protected. */
  readonly approvals: ApprovalPolicy | null;
  /** Set: every deployment says why, and in this form when there is one. */
  readonly reason: { readonly pattern: string | null; readonly example: string | null } | null;
  /** The environment that has to have run the very same release before. */
  readonly after: string | null;
  /** Take a release that is older than what runs as a deployment, too. */
  readonly allowOutdated: boolean;
  /** Roles that go back to the last good revision without asking anyone. */
  readonly rollbackWithoutApproval: readonly Role[];
  /** Hash over all of the above and the engine's policy: part of every plan hash here, and of what is approved. */
  readonly policyVersion: string;
};

export type PersonConfig = Person & { readonly identities: Readonly<Record<string, string>> };

export type ChannelConfig = { readonly name: string; readonly topic: string };

/** Deliveries that a program signs, each a proposal to deploy. */
export type HookConfig = {
  readonly name: string;
  readonly app: string;
  readonly environments: readonly string[];
  /** The person whose roles it has, as they are at that moment. */
  readonly actsFor: string;
  /** Where the secret is; never the secret. */
  readonly secret: { readonly file: string } | { readonly variable: string };
};

/** How much is too much: of one person and of one channel a minute, of one app an hour. */
export type Limits = { readonly commandsPerMinute: number; readonly channelCommandsPerMinute: number; readonly deploymentsPerHour: number };

/** What the operator allows app definitions to ask of the engine; everything is off until it is turned on. */
export type EnginePolicy = {
  readonly allowBindMounts: readonly string[];
  readonly allowAddedCapabilities: readonly string[];
  readonly allowRootUser: boolean;
  readonly encryptNetworks: boolean;
  /** Image with a Node or curl binary for HTTP checks inside an app's network; null when there is none. */
  readonly probeImage: string | null;
};
