import type { Deployment, Person } from '../domain/deployment.ts';
import type { Plan } from '../domain/plan.ts';

/** Where something was asked for. `id` is the delivery's own. */
export type Origin = { readonly platform: string; readonly channel: string; readonly deliveryId: string };

/** `version` null: what the environment runs now, or else the definition's default. */
export type TargetRequest = {
  readonly person: Person;
  readonly app: string;
  readonly environment: string;
  readonly version: string | null;
  /** Images that are pinned already, by their reference; all others are pinned to what they name now. */
  readonly pins?: ReadonlyMap<string, string>;
};

export type DeploymentRequest = TargetRequest & {
  readonly reason: string | null;
  /** A promotion: the environment that the pins are from. */
  readonly promotedFrom?: string;
  readonly origin: Origin;
  /** Cancels what waits for the same app and environment, whoever asked for it; each of those says so. Off unless asked for. */
  readonly latestWins?: boolean;
};

export type RequestedDeployment = {
  readonly deployment: Deployment;
  /** 0 runs now; 1 is next. */
  readonly position: number;
  readonly waitsFor: Deployment | null;
  /** The same request was delivered before; this is its deployment. */
  readonly repeated: boolean;
};

export type PlannedDeployment = {
  readonly plan: Plan;
  readonly planHash: string;
  readonly currentVersion: string | null;
  readonly warnings: readonly string[];
};
