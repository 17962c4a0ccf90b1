/** What was spent of a platform's budgets, so far as it still counts. Plain data: it is stored, so that whoever takes over goes on with it. */
export type Spending = { readonly edits: Readonly<Record<string, readonly number[]>> };

export const NOTHING_SPENT: Spending = { edits: {} };

/** Edits are counted over any minute, not from one full minute to the next. */
const WINDOW_MS = 60_000;
/** Edits for progress leave this share of a workspace's edits to final states, and are spread over the minute. */
const PROGRESS_SHARE = 0.8;
const PROGRESS_WINDOW_MS = 10_000;

/**
 * When the next edit in a workspace keeps to its ceiling. `spent` has the time of each edit, oldest first; one whose answer
 * is awaited counts as made just now, because the platform counts it when it arrives. Progress that comes faster than the
 * budget would otherwise use it up in seconds and then stand still for the rest of the minute.
 */
export function editOpensAt(spent: readonly number[], perMinute: number | null, isProgress: boolean, now: number): number {
  if (perMinute === null) return now;
  const total = opensAt(spent, perMinute, WINDOW_MS, now);
  if (!isProgress) return total;
  const share = Math.max(1, Math.floor(perMinute * PROGRESS_SHARE));
  const inShort = Math.max(1, Math.floor((share * PROGRESS_WINDOW_MS) / WINDOW_MS));
  return Math.max(total, opensAt(spent, share, WINDOW_MS, now), opensAt(spent, inShort, PROGRESS_WINDOW_MS, now));
}

/** At most `count` in any `windowMs`. */
function opensAt(spent: readonly number[], count: number, windowMs: number, now: number): number {
  const blocking = spent.at(-count);
  return blocking === undefined ? now : Math.max(now, blocking + windowMs);
}

/** What still counts of it. */
export function withoutOld(spent: readonly number[], now: number): readonly number[] {
  return spent.filter((at) => at > now - WINDOW_MS);
}
