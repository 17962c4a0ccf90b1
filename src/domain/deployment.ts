import type { DeploymentState, Stage } from './deployment-state.ts';
import type { Plan } from './plan.ts';

/** A person as Shipmate knows them; `id` is the key in `shipmate.yml`, or `<platform>:<account>` for an account that is linked to nobody. */
export type Person = {
  readonly id: string;
  readonly name: string;
  /** Groups of the platform from which this person speaks now, as roles name them; never stored with what they did. */
  readonly groups?: readonly string[];
  /** The account from which they speak now; absent in the browser and the terminal, where people are known by themselves. */
  readonly account?: { readonly platform: string; readonly id: string; readonly name: string };
  /** The session of the browser chat in which they speak now (src/domain/web-session.ts); absent everywhere else. */
  readonly session?: string;
};

/** Who it was, for records: what only held at the moment is left out. */
export function namedPerson({ id, name }: Person): Person {
  return { id, name };
}

/**
 * Why it may run in a protected environment: approved by people, taken back by whoever is on call, or the glass was broken.
 * Absent where nothing had to be cleared.
 */
export const CLEARANCES = ['approval', 'on_call', 'break_glass'] as const;
export type Clearance = (typeof CLEARANCES)[number];

export type DeploymentKind = 'deploy' | 'rollback';

/** One attempt to make an environment run a release. Times are epoch milliseconds. */
export type Deployment = {
  readonly id: string;
  readonly kind: DeploymentKind;
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly releaseId: string;
  readonly version: string;
  /** What ran before, for the card's "from → to"; null on a first deployment. */
  readonly previousVersion: string | null;
  readonly requester: Person;
  /** Groups of the platform from which it was asked for: what was decided by them is decided again when it runs. */
  readonly requesterGroups?: readonly string[];
  readonly reason: string | null;
  /** The environment whose images it takes; absent when it is no promotion. */
  readonly promotedFrom?: string;
  readonly state: DeploymentState;
  readonly stage: Stage | null;
  /** Which way the rollout moves. `back` is persisted before the first restoring write, so whoever takes over goes on in the same direction. */
  readonly direction: 'forward' | 'back';
  readonly failure: Failure | null;
  readonly cancelRequestedBy: Person | null;
  /** Set when it was cancelled while it waited, in favour of a newer one that asked for that (`--latest`). */
  readonly supersededBy?: Supersession;
  /** Set while it is queued and its environment is closed. */
  readonly hold?: Hold;
  readonly plan: Plan;
  readonly planHash: string;
  readonly clearance?: Clearance;
  /** Where it was asked for, so that its card stands there. */
  readonly origin: { readonly platform: string; readonly channel: string } | null;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Grows with every change; projections compare it. */
  readonly revision: number;
};

/** It waits beside the queue, out of the way of others, until its environment opens: since when, what keeps it closed, and until when if that is known. */
export type Hold = { readonly since: number; readonly because: string; readonly opensAt: number | null };

/** The newer deployment, and who asked for it. */
export type Supersession = { readonly deployment: string; readonly by: Person };

/** Why a rollout failed, in a closed set of codes, with a sentence for people. */
export type Failure = { readonly code: FailureCode; readonly service: string | null; readonly message: string };

export const FAILURE_CODES = [
  'task_failed',
  'image_unavailable',
  'unhealthy',
  'progress_deadline',
  'job_failed',
  'hook_failed',
  'smoke_check_failed',
  'digest_mismatch',
  'superseded_on_engine',
  'restore_failed',
  'engine_error',
  'plan_changed',
  'approval_void',
  'environment_closed',
  'internal',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Progress of one service inside a deployment; persisted, so that another worker goes on where this one stopped. */
export type ServiceProgress = {
  readonly service: string;
  readonly wave: number;
  readonly phase: ServicePhase;
  readonly desired: number;
  readonly running: number;
  /** When the engine accepted the new (or restored) specification. */
  readonly appliedAt: number | null;
  /** Persisted and re-armed by whoever takes over. */
  readonly deadlineAt: number | null;
  /** Since when all desired tasks are seen running, current and on the planned digest, without interruption. */
  readonly healthySince: number | null;
  readonly message: string | null;
};

export type ServicePhase = 'pending' | 'applied' | 'healthy' | 'stable' | 'failed' | 'restoring' | 'restored';

export type StageReport = {
  readonly stage: Stage;
  readonly state: 'running' | 'succeeded' | 'failed' | 'skipped';
  readonly attempt: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Short lines for the thread. */
  readonly lines: readonly string[];
};
