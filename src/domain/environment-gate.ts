import { type DeployLock, locksAgainst } from './deploy-lock.ts';
import { type Freeze, heldUntil, isOpenAt, nextChange, type Occurrences, type OpeningHours } from './freeze-window.ts';
import { covers, type Target } from './scope.ts';

/** Everything that may keep an environment closed; what is for others is left out by the gate. */
export type GateFacts = {
  readonly locks: readonly DeployLock[];
  readonly freezes: readonly Freeze[];
  readonly windows: OpeningHours['windows'];
};

/** Why an environment takes nothing now. `opensAt` null: not by itself, or not in a time that can be told. */
export type Closure =
  | { readonly kind: 'locked'; readonly lock: DeployLock; readonly opensAt: number | null }
  | { readonly kind: 'frozen'; readonly freeze: Freeze; readonly opensAt: number | null }
  | { readonly kind: 'outside_window'; readonly opensAt: number | null };

/** What keeps this person from deploying there at this moment; null when nothing does. Their own lock does not, a freeze does. */
export function closureOf(facts: GateFacts, target: Target, personId: string, at: number, occurrences: Occurrences): Closure | null {
  const freezes = facts.freezes.filter(({ scope }) => covers(scope, target));
  const hours = { freezes, windows: facts.windows };
  const locks = locksAgainst(facts.locks, target, personId, at);
  const [lock] = locks;
  if (lock !== undefined) {
    const unlockedAt = lastEnd(locks);
    return { kind: 'locked', lock, opensAt: unlockedAt === null ? null : openFrom(hours, unlockedAt, occurrences) };
  }
  if (isOpenAt(hours, at, occurrences)) return null;
  const opensAt = nextChange(hours, at, occurrences);
  const freeze = longest(freezes, at, occurrences);
  return freeze === null ? { kind: 'outside_window', opensAt } : { kind: 'frozen', freeze, opensAt };
}

/** When all of them are over; null when one of them never is by itself. */
function lastEnd(locks: readonly DeployLock[]): number | null {
  const ends = locks.flatMap(({ expiresAt }) => expiresAt ?? []);
  return ends.length < locks.length ? null : Math.max(...ends);
}

/** The first moment from here on at which it is open. */
function openFrom(hours: OpeningHours, at: number, occurrences: Occurrences): number | null {
  return isOpenAt(hours, at, occurrences) ? at : nextChange(hours, at, occurrences);
}

/** Of several freezes at once, the one that lasts. */
function longest(freezes: readonly Freeze[], at: number, occurrences: Occurrences): Freeze | null {
  let found: { freeze: Freeze; until: number } | null = null;
  for (const freeze of freezes) {
    const until = heldUntil(freeze.schedule, at, occurrences);
    if (until !== null && (found === null || until > found.until)) found = { freeze, until };
  }
  return found?.freeze ?? null;
}
