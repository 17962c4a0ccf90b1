import type { JsonObject } from './json.ts';
import type { ServiceSpec } from './service-spec.ts';

/** What the engine really shows. Never to be mixed with what was asked for. */
export type ObservedStack = {
  readonly stack: string;
  readonly services: readonly ObservedService[];
  readonly tasks: readonly ObservedTask[];
  readonly networks: readonly ObservedObject[];
  readonly secrets: readonly ObservedObject[];
  readonly configs: readonly ObservedObject[];
};

export type ObservedService = {
  readonly id: string;
  /** The Compose service's name, without the stack's prefix. */
  readonly service: string;
  /** The engine's version index, for compare-and-swap. */
  readonly version: number;
  readonly spec: ServiceSpec;
  /** Settings on the engine that {@link ServiceSpec} has no word for, by their path there. A planned service has none, so any is a difference. */
  readonly unmodelled: Readonly<Record<string, string>>;
  /** The engine's own specification, opaque here; recorded before a change and given back to restore it. */
  readonly engineSpec: EngineServiceSpec;
  /** Who wrote it last, from its labels; null when Shipmate did not. */
  readonly owner: WriteOwner | null;
  /** When its specification was last written, by the engine's clock (epoch milliseconds). */
  readonly updatedAt: number;
  readonly update: {
    readonly state: string;
    readonly message: string;
    readonly startedAt: number | null;
    readonly completedAt: number | null;
  } | null;
};

export type EngineServiceSpec = JsonObject;

/** Every engine write carries these as service labels. */
export type WriteOwner = { readonly deploymentId: string; readonly fence: number };

export type ObservedTask = {
  readonly id: string;
  readonly service: string;
  readonly slot: number | null;
  readonly nodeId: string | null;
  /** The image reference the task was created with: for a pinned release the planned digest. */
  readonly image: string;
  /** Does the task's specification equal the service's current one? A job's task is current for the execution that made it. */
  readonly isCurrent: boolean;
  /** The engine's own words: new, pending, assigned, accepted, preparing, ready, starting, running, complete, shutdown, failed, rejected, remove, orphaned. With a healthcheck a task is `running` only once healthy. */
  readonly state: string;
  readonly desiredState: string;
  readonly message: string;
  readonly error: string | null;
  readonly exitCode: number | null;
  readonly containerId: string | null;
  /** Epoch milliseconds by the engine's clock: when the task was made, and when it entered `state`. */
  readonly createdAt: number;
  readonly stateSince: number;
};

/** The engine's words for a task whose container is gone or never was. */
const ENDED: readonly string[] = ['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'];

export function hasEnded(task: ObservedTask): boolean {
  return ENDED.includes(task.state);
}

export type ObservedObject = { readonly id: string; readonly engineName: string; readonly labels: Readonly<Record<string, string>> };
