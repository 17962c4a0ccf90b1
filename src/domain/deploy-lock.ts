import { namedPerson, type Person } from './deployment.ts';
import { covers, type Scope, type Target } from './scope.ts';

/** Keeps everybody but its holder from deploying, until it is released or its time is over. One per scope at a time. */
export type DeployLock = {
  readonly id: string;
  readonly scope: Scope;
  readonly holder: Person;
  readonly reason: string | null;
  readonly since: number;
  /** Null: until somebody releases it. */
  readonly expiresAt: number | null;
};

/** Holds what nobody took by hand: a lock that a rollback left. No person has this id. */
export const SYSTEM_HOLDER: Person = { id: 'system', name: 'Shipmate' };

/** This long before its end its holder is reminded. */
export const REMIND_BEFORE_MS = 10 * 60_000;

/** Of a lock that is short anyway, or that nobody took by hand, nobody has to be reminded. */
export function deservesReminder({ holder, since, expiresAt }: DeployLock): boolean {
  return holder.id !== SYSTEM_HOLDER.id && expiresAt !== null && expiresAt - since > 2 * REMIND_BEFORE_MS;
}

export function isLive({ expiresAt }: Pick<DeployLock, 'expiresAt'>, at: number): boolean {
  return expiresAt === null || at < expiresAt;
}

/** The locks that keep this person from deploying there, the widest first. Nobody is kept out by their own. */
export function locksAgainst(locks: readonly DeployLock[], target: Target, personId: string, at: number): readonly DeployLock[] {
  return locks
    .filter((lock) => isLive(lock, at) && covers(lock.scope, target) && lock.holder.id !== personId)
    .sort((a, b) => width(b.scope) - width(a.scope));
}

function width({ app, environment }: Scope): number {
  return (app === null ? 2 : 0) + (environment === null ? 1 : 0);
}

export type LockFacts = {
  readonly lock: DeployLock;
  readonly personId: string;
  /** May the person lock everything that the lock covers? */
  readonly mayLock: boolean;
  /** May they freeze all of it? */
  readonly mayFreeze: boolean;
};

/**
 * Its holder releases a lock; so does whoever may freeze there. What nobody took by hand is anybody's who may lock.
 * Everybody else who may lock takes it over first, so that it has a holder who answers for it.
 */
export function mayRelease({ lock, personId, mayLock, mayFreeze }: LockFacts): boolean {
  if (lock.holder.id === personId || mayFreeze) return true;
  return mayLock && lock.holder.id === SYSTEM_HOLDER.id;
}

/** A lock that is younger than this was not there when somebody decided to take one over: theirs was another's. */
export const UNSEEN_MS = 5000;

/** Whoever may lock takes a lock over from somebody else, once they can have seen it; what is theirs already they keep. */
export function maySteal({ lock, personId, mayLock, at }: Omit<LockFacts, 'mayFreeze'> & { readonly at: number }): boolean {
  return mayLock && lock.holder.id !== personId && at - lock.since >= UNSEEN_MS;
}

/** Whoever takes a lock over keeps its end and, unless they say otherwise, why it was taken. */
export function takenOver(
  lock: DeployLock,
  by: {
    readonly id: string;
    readonly holder: Person;
    readonly reason: string | null;
    readonly expiresAt: number | null;
    readonly at: number;
  },
): DeployLock {
  return {
    id: by.id,
    scope: lock.scope,
    holder: namedPerson(by.holder),
    reason: by.reason ?? lock.reason,
    since: by.at,
    expiresAt: by.expiresAt ?? lock.expiresAt,
  };
}
