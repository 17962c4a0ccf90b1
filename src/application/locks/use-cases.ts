import type { DeployLock } from '../../domain/deploy-lock.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Freeze, Recurring } from '../../domain/freeze-window.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Scope, Target } from '../../domain/scope.ts';
import type { StoredFreeze } from '../../ports/lock-store.ts';

/** What people do about when an environment takes deployments. */
export type LockUseCases = {
  /** Nobody but the person deploys there from now on. Their own lock gets the new reason and end. */
  lockEnvironment(request: LockRequest): Promise<DeployLock | Refusal>;
  /** Takes over a lock that somebody else holds, and tells them. Without one it is taken. */
  stealLock(request: LockRequest): Promise<{ readonly lock: DeployLock; readonly from: Person | null } | Refusal>;
  unlockEnvironment(request: ScopeRequest): Promise<DeployLock | Refusal>;
  /** Those that hold for something the person may see, the oldest first. */
  listLocks(request: { readonly person: Person }): Promise<readonly DeployLock[]>;
  freeze(request: FreezeRequest): Promise<StoredFreeze | Refusal>;
  /** One by the id that /freezes shows, or all that were made in the chat for exactly this scope. */
  unfreeze(request: UnfreezeRequest): Promise<readonly StoredFreeze[] | Refusal>;
  listFreezes(request: { readonly person: Person }): Promise<ListedFreezes>;
  /** Tells the person once, alone, when they may deploy there; `isOpen` when they may now, so that there is nothing to wait for. */
  watchOpening(request: WatchRequest): Promise<{ readonly isOpen: boolean; readonly opensAt: number | null } | Refusal>;
};

export type ScopeRequest = { readonly person: Person; readonly scope: Scope; readonly source: string };

export type LockRequest = ScopeRequest & {
  readonly reason: string | null;
  /** Null: until it is released; of a lock that stands already: as it was. */
  readonly forMs: number | null;
};

/** As people write it; {@link readSchedule} says what goes together. */
export type TypedSchedule = {
  readonly from: string | null;
  readonly until: string | null;
  readonly cron: string | null;
  readonly lasts: string | null;
  readonly timeZone: string | null;
};

export type FreezeRequest = ScopeRequest & { readonly reason: string; readonly schedule: TypedSchedule };

export type UnfreezeRequest = {
  readonly person: Person;
  readonly target: { readonly id: string } | { readonly scope: Scope };
  readonly source: string;
};

export type WatchRequest = Target & { readonly person: Person; readonly source: string };

export type ListedFreezes = {
  /** Those that hold now first, then those that come. `at` is the end of the one that holds, or the beginning of the next; null: none in sight. */
  readonly freezes: readonly { readonly freeze: Freeze; readonly isHolding: boolean; readonly at: number | null }[];
  /** By environment: when it takes deployments at all. */
  readonly windows: readonly {
    readonly environment: string;
    readonly windows: readonly Recurring[];
    readonly isOpen: boolean;
    readonly at: number | null;
  }[];
};
