/** Shipmate's own part of an app definition: the `x-shipmate` key, with every default filled in. Durations in milliseconds. */
export type ReleaseSettings = {
  readonly strategy: 'rolling';
  /** How long one service may take from being applied to being healthy. Ours, because an unschedulable service stays `updating` for ever. */
  readonly progressDeadlineMs: number;
  /** Watched after the last service is stable and before the release counts as good. */
  readonly verifyMs: number;
  /** Failed or rejected tasks of the new specification that a service may have before its gate fails. */
  readonly maxTaskFailures: number;
  /** Take the whole release back when a gate fails. Off leaves the stack as it is for inspection; the deployment still ends as failed. */
  readonly automaticRollback: boolean;
  readonly hooks: readonly HookSpec[];
  readonly smokeChecks: readonly SmokeCheckSpec[];
  /** Settings of single services. */
  readonly services: Readonly<Record<string, { readonly progressDeadlineMs?: number; readonly maxTaskFailures?: number }>>;
};

/** A command run to completion in a service's image, environment and networks, before the rollout or after it is healthy. */
export type HookSpec = {
  readonly name: string;
  readonly when: 'before' | 'after';
  readonly service: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
};

/** An HTTP request that must be answered as expected before the release counts as good. */
export type SmokeCheckSpec = {
  readonly name: string;
  /** Absolute address fetched by the worker, or one inside the app's network (`http://web:8080/healthz`, `inside: true`). */
  readonly url: string;
  readonly inside: boolean;
  readonly expectStatus: number;
  readonly expectBody?: string;
  readonly timeoutMs: number;
  readonly retries: number;
};

export const DEFAULT_RELEASE_SETTINGS: ReleaseSettings = {
  strategy: 'rolling',
  progressDeadlineMs: 180_000,
  verifyMs: 0,
  maxTaskFailures: 0,
  automaticRollback: true,
  hooks: [],
  smokeChecks: [],
  services: {},
};
