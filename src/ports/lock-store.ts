import type { DeployLock } from '../domain/deploy-lock.ts';
import type { Freeze } from '../domain/freeze-window.ts';
import type { Scope, Target } from '../domain/scope.ts';

/** How a lock ended. */
export type LockEnd = 'released' | 'stolen' | 'expired';

/** A freeze that somebody made in the chat; those of `shipmate.yml` are not stored. */
export type StoredFreeze = Freeze & { readonly id: string };

/** Somebody who wants to know when an environment opens. */
export type Watcher = Target & { readonly personId: string; readonly since: number };

/** Locks, freezes made in the chat, and who waits for an opening. All times are the caller's, epoch milliseconds. */
export interface LockStore {
  /** Inserts it unless its scope has one that did not end; false then. The database sees to it, however many try at once. */
  take(lock: DeployLock): Promise<boolean>;
  /** Those that did not end, the oldest first: a lock whose time is over is among them until it is {@link expire}d. */
  standing(): Promise<readonly DeployLock[]>;
  standingOf(scope: Scope): Promise<DeployLock | null>;
  /** Gives a lock that did not end another reason and end; its holder is reminded anew. False when it ended. */
  renew(id: string, changes: Pick<DeployLock, 'reason' | 'expiresAt'>): Promise<boolean>;
  /** False when it ended before. */
  end(id: string, how: LockEnd, by: string, atMs: number): Promise<boolean>;
  /** Ends those whose time is over and returns them: each once, to one caller. */
  expire(nowMs: number): Promise<readonly DeployLock[]>;
  /** Those that end by `byMs` and whose holder was not reminded; marks them. Each once, to one caller. */
  takeReminders(byMs: number, nowMs: number): Promise<readonly DeployLock[]>;

  addFreeze(freeze: StoredFreeze): Promise<void>;
  /** Those that were not ended and are not over by themselves, the oldest first. */
  freezes(nowMs: number): Promise<readonly StoredFreeze[]>;
  /** False when it was ended before. */
  endFreeze(id: string, by: string, atMs: number): Promise<boolean>;

  /** Once for each person and environment, however often they ask. */
  watch(watcher: Watcher): Promise<void>;
  watchers(): Promise<readonly Watcher[]>;
  /** True for one caller: they are told then. */
  endWatch(watcher: Watcher): Promise<boolean>;
}
