import type { DeploymentState } from '../domain/deployment-state.ts';
import type { Refusal } from '../domain/refusal.ts';

/**
 * What programs ask over HTTP. A machine may propose; policy decides what becomes of it. Every refusal is a value and is recorded by
 * whoever refuses. Throws faults.
 */
export interface MachineApi {
  /** Who shows this token; `source` is from where, for the records. */
  authenticate(bearer: string, source: string): Promise<MachineSession | Refusal>;
  /** A signed request to a hook of `shipmate.yml`. */
  receiveHook(request: HookRequest): Promise<HookAnswer>;
}

/** What one token in force may do. */
export interface MachineSession {
  /** Once per key: the same key again answers with the deployment of the first time. */
  propose(proposal: Proposal, idempotencyKey: string): Promise<Proposed | Refusal>;
  deployment(id: string): Promise<DeploymentDocument | Refusal>;
  /** Newest first. */
  deployments(filter: {
    readonly app: string;
    readonly environment: string | null;
    readonly limit: number;
  }): Promise<readonly DeploymentDocument[] | Refusal>;
  environment(app: string, environment: string): Promise<EnvironmentDocument | Refusal>;
}

export type Proposal = { readonly app: string; readonly environment: string; readonly version: string; readonly reason: string | null };

export type Proposed = { readonly deployment: DeploymentDocument; readonly isRepeated: boolean };

/** As programs get it; times are ISO 8601 in UTC. A deployment that waits for people is `awaiting_approval`. */
export type DeploymentDocument = {
  readonly id: string;
  readonly kind: 'deploy' | 'rollback';
  readonly app: string;
  readonly environment: string;
  readonly version: string;
  readonly previousVersion: string | null;
  readonly state: DeploymentState;
  readonly stage: string | null;
  readonly requester: { readonly id: string; readonly name: string };
  readonly reason: string | null;
  readonly failure: { readonly code: string; readonly service: string | null; readonly message: string } | null;
  readonly planHash: string;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

export type EnvironmentDocument = {
  readonly app: string;
  readonly environment: string;
  readonly version: string | null;
  readonly revision: number | null;
  readonly since: string | null;
  /** Null when the engine could not be asked. */
  readonly services:
    | readonly {
        readonly service: string;
        readonly image: string;
        readonly desired: number;
        readonly running: number;
        readonly health: string;
      }[]
    | null;
  readonly open: readonly DeploymentDocument[];
};

/** Everything of a delivery of a hook that its signature is about, as it came. */
export type HookRequest = {
  /** The hook's name in `shipmate.yml`. */
  readonly hook: string;
  readonly id: string | null;
  /** Seconds since the epoch, in digits. */
  readonly timestamp: string | null;
  /** `v1,<base64>`, several separated by spaces. */
  readonly signature: string | null;
  readonly body: Uint8Array;
  readonly source: string;
};

export type HookAnswer =
  | { readonly kind: 'proposed'; readonly deployment: DeploymentDocument }
  /** Seen before: nothing more happens. Null when what the first one led to is no deployment, or is under way. */
  | { readonly kind: 'repeated'; readonly deployment: DeploymentDocument | null }
  /** Not signed by whoever has the secret, not now, or no hook of ours: it is not said which. */
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
