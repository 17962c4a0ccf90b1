import type { Deployment, Failure, Hold, Person, ServiceProgress, StageReport, Supersession } from '../domain/deployment.ts';
import type { AskedOften } from '../domain/deployment-share.ts';
import type { DeploymentState, Stage } from '../domain/deployment-state.ts';
import type { EngineServiceSpec } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Release, Revision } from '../domain/release.ts';
import type { AccessStore } from './access-store.ts';
import type { ApprovalStore, BrokenGlassStore } from './approval-store.ts';
import type { AuditLog } from './audit-log.ts';
import type { BreakerStore } from './breaker-store.ts';
import type { CommitStore } from './commit-store.ts';
import type { ConfigurationHistory } from './configuration-history.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { FactorLinkStore, FactorResetStore, FactorStore } from './factor-store.ts';
import type { Fence } from './fence.ts';
import type { IdentityStore } from './identity-store.ts';
import type { InstallationStore } from './installation-store.ts';
import type { IntakeStore } from './intake-store.ts';
import type { LockStore } from './lock-store.ts';
import type { MembershipStore } from './membership-store.ts';
import type { MessageStore } from './message-store.ts';
import type { SecretStore } from './secret-store.ts';
import type { SessionStore } from './session-store.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { TokenStore } from './token-store.ts';
import type { TokenWishStore } from './token-wish-store.ts';

/**
 * Postgres holds the truth. `transact` runs `work` in one transaction: everything in it happens, or nothing; it is
 * retried on serialization failures and deadlocks, so `work` has no other side effects. Reads outside go through the
 * same stores. Throws StoreUnavailableError when the database cannot be reached.
 */
export interface Database {
  readonly stores: Stores;
  transact<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Tells every process that something changed; delivered after commit when called in `transact`. Best effort: readers also sweep. */
  notify(stores: Stores, topic: Topic, id: string): Promise<void>;
  /** Calls back for each notification, from this process or another. Reconnects by itself and then calls with id `'*'` (anything may have changed). */
  listen(topic: Topic, onNotify: (id: string) => void): Promise<{ stop(): Promise<void> }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type { Fence };

export type Topic = 'deployment' | 'message' | 'breaker' | 'access' | 'session';

export type Stores = {
  readonly deployments: DeploymentStore;
  readonly releases: ReleaseStore;
  readonly leases: LeaseStore;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly brokenGlass: BrokenGlassStore;
  readonly access: AccessStore;
  readonly intake: IntakeStore;
  readonly deliveries: DeliveryStore;
  readonly installations: InstallationStore;
  readonly inbox: Inbox;
  readonly memberships: MembershipStore;
  readonly messages: MessageStore;
  readonly configuration: ConfigurationHistory;
  readonly factors: FactorStore;
  readonly factorLinks: FactorLinkStore;
  readonly factorResets: FactorResetStore;
  readonly identities: IdentityStore;
  readonly secrets: SecretStore;
  readonly tokens: TokenStore;
  readonly tokenWishes: TokenWishStore;
  readonly sessions: SessionStore;
  readonly locks: LockStore;
  readonly subscriptions: SubscriptionStore;
  readonly breakers: BreakerStore;
  readonly commits: CommitStore;
};

export interface DeploymentStore {
  /** `deliveryId` makes the request idempotent: unique per platform. */
  insert(deployment: Deployment, deliveryId: string | null): Promise<void>;
  /** The deployment that this delivery already made. */
  findByDelivery(platform: string, deliveryId: string): Promise<Deployment | null>;
  find(id: string): Promise<Deployment | null>;
  /** By the short form people see and type: the first characters of an id, at least four; null when none or several match. */
  findByPrefix(prefix: string): Promise<Deployment | null>;
  /** Newest first. */
  list(filter: DeploymentFilter): Promise<readonly Deployment[]>;
  /**
   * Moves to another state and sets what goes with it, when the state is still `from` (and, with a fence, when the lease
   * is still held). False when it is not: nothing was written then. Bumps `revision`.
   */
  transition(id: string, from: DeploymentState, to: DeploymentState, changes: DeploymentChanges, fence: Fence | null): Promise<boolean>;
  /** Changes without a state change, under the same conditions. */
  update(id: string, changes: DeploymentChanges, fence: Fence | null): Promise<boolean>;
  /**
   * Sets a queued deployment aside while its environment is closed (again, to say something else), or with null puts it back into the
   * queue. False when it is not queued any more, the lease is lost, or there is nothing to put back: nothing was written then.
   */
  hold(id: string, hold: Hold | null, fence: Fence | null): Promise<boolean>;
  /** Queued deployments that are set aside, of all stacks, oldest first; with `after`, an id, those behind that one. */
  held(limit: number, after: string | null): Promise<readonly Deployment[]>;
  requestCancel(id: string, by: Person): Promise<boolean>;
  /**
   * Cancels every deployment of the stack that waits (none that runs) in favour of a newer one, and returns them. From here to
   * the end of the transaction it is the only one to do so for this stack: of two at once, the second finds the first.
   */
  supersedeWaiting(stack: string, by: Supersession, atMs: number): Promise<readonly Deployment[]>;
  /** From here to the end of the transaction nobody else who asks for this decides what joins the stack's queue. */
  lockQueue(stack: string): Promise<void>;
  /** The open deployments of a stack in the order they run: the running one, then the queue with broken glass first, then what is set aside. */
  queueOf(stack: string): Promise<readonly Deployment[]>;
  /** The next deployment that may run in each stack that has no live lease, by the same order: what the reconciler wakes workers for. Nothing that is set aside. */
  runnable(nowMs: number): Promise<readonly { id: string; stack: string }[]>;
  /** What each service ran before this deployment's first write to it; recorded once, before the write. */
  recordPrevious(id: string, service: string, previous: EngineServiceSpec | null, fence: Fence): Promise<void>;
  previousOf(id: string): Promise<ReadonlyMap<string, EngineServiceSpec | null>>;
  saveProgress(id: string, progress: readonly ServiceProgress[], fence: Fence): Promise<boolean>;
  progressOf(id: string): Promise<readonly ServiceProgress[]>;
  saveStage(id: string, report: StageReport, fence: Fence): Promise<boolean>;
  stagesOf(id: string): Promise<readonly StageReport[]>;
  /** Who asked for deployments of the stack since then (rollbacks and broken glass left out), each once. */
  askedSince(stack: string, sinceMs: number): Promise<readonly AskedOften[]>;
  /** Median duration of the stack's last successful deployments; null without any. For the ETA. */
  typicalDurationMs(stack: string): Promise<number | null>;
  /** Over all of these stacks together. */
  statistics(stacks: readonly string[], sinceMs: number): Promise<DeploymentStatistics>;
}

export type DeploymentFilter = {
  readonly stack?: string;
  readonly app?: string;
  readonly environment?: string;
  readonly states?: readonly DeploymentState[];
  readonly limit: number;
  readonly before?: number;
};

export type DeploymentChanges = {
  readonly stage?: Stage | null;
  readonly direction?: 'forward' | 'back';
  /** The difference as found at execution; never another `planHash`. */
  readonly plan?: Plan;
  /** What the environment ran as found at execution: another deployment may have ended since this one was asked for. */
  readonly previousVersion?: string | null;
  readonly failure?: Failure | null;
  readonly startedAt?: number;
  readonly finishedAt?: number;
};

export type DeploymentStatistics = {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly medianDurationMs: number | null;
};

export interface ReleaseStore {
  insert(release: Release): Promise<void>;
  find(id: string): Promise<Release | null>;
  findBySpecHash(app: string, environment: string, specHash: string): Promise<Release | null>;
  /** Sealed bytes of the release's secrets and configs. */
  saveContents(fingerprint: string, sealed: Uint8Array): Promise<void>;
  contents(fingerprint: string): Promise<Uint8Array | null>;
  /** Closes the open revision of the stack and opens the next number for this release; in the transaction that says "succeeded". */
  openRevision(stack: string, releaseId: string, version: string, deploymentId: string, atMs: number): Promise<Revision>;
  /** The environment was removed: nothing runs there from here on. */
  closeRevision(stack: string, atMs: number): Promise<void>;
  currentRevision(stack: string): Promise<Revision | null>;
  /** Newest first. */
  revisions(stack: string, limit: number): Promise<readonly Revision[]>;
  versions(app: string, limit: number): Promise<readonly string[]>;
}

export interface LeaseStore {
  /** Takes the stack's lease when it is free, expired, or already held by `holder` for the same deployment. Each taking has a higher fence, and one higher than `above`. Null when another holds it. */
  acquire(stack: string, deploymentId: string, holder: string, ttlMs: number, above?: number): Promise<Fence | null>;
  /** False when it is lost. Expiry is by the database's clock. */
  renew(fence: Fence, ttlMs: number): Promise<boolean>;
  isHeld(fence: Fence): Promise<boolean>;
  release(fence: Fence): Promise<void>;
  holderOf(stack: string): Promise<{ deploymentId: string; holder: string; fence: number; isExpired: boolean } | null>;
}

/** Each command, click and event has its effect once, however often the platform delivers it. */
export interface Inbox {
  /** True the first time this delivery is seen; in the transaction of its effect. */
  accept(platform: string, deliveryId: string, atMs: number): Promise<boolean>;
  /** It had no effect and may come again as if for the first time. */
  forget(platform: string, deliveryId: string): Promise<void>;
  /** When this delivery was accepted; null when it never was. */
  acceptedAt(platform: string, deliveryId: string): Promise<number | null>;
  prune(beforeMs: number): Promise<number>;
}
