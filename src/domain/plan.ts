import type { ReleaseSettings } from './release-settings.ts';

/** What a deployment will change, computed before it runs, shown to approvers, identified by its hash. Secret values never appear in it. */
export type Plan = {
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly version: string;
  readonly services: readonly ServicePlan[];
  readonly objects: readonly ObjectPlan[];
  /** Notes a person should see before saying yes (an image that cannot be pinned to a registry digest, dnsrr chosen …). */
  readonly notes: readonly string[];
  readonly settings: ReleaseSettings;
  readonly specHash: string;
};

export type ServicePlan = {
  readonly service: string;
  readonly action: 'create' | 'update' | 'unchanged' | 'remove' | 'run';
  /** 0 first; services of a wave go in parallel. Removals happen after everything else is good. */
  readonly wave: number;
  readonly image: string;
  readonly pinnedImage: string;
  readonly isJob: boolean;
  readonly desired: number;
  readonly monitorMs: number;
  readonly progressDeadlineMs: number;
  readonly maxTaskFailures: number;
  readonly changes: readonly FieldChange[];
};

/** One field that differs, in the words of the Compose file: `environment.LOG_LEVEL`, `deploy.replicas`. `hidden` values are secret or may be. */
export type FieldChange = {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly hidden: boolean;
};

export type ObjectPlan = {
  readonly kind: 'network' | 'volume' | 'secret' | 'config';
  readonly name: string;
  readonly engineName: string;
  readonly action: 'create' | 'unchanged' | 'remove';
};
