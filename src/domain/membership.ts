import { platformOfGroup } from './account.ts';

/** What a platform said of one account: the groups it was in at `readAt`, epoch milliseconds. */
export type MembershipReading = {
  readonly platform: string;
  readonly account: string;
  readonly groups: readonly string[];
  readonly readAt: number;
};

/** How long a platform's word about its groups counts. */
export const MEMBERSHIP_FRESH_MS = 10 * 60_000;

export type GroupsNow = {
  readonly groups: readonly string[];
  /** Groups of which nobody can say now whether they still have this member; they are not among `groups`. */
  readonly unknown: readonly string[];
};

/**
 * Of the groups with which somebody spoke at `at`, those that they are in now, by what their platforms said since about their accounts. Nobody
 * gains a group by this. When neither they nor their platform has spoken for a while, it is not known, and counts for nothing.
 */
export function groupsNow(
  spoken: { readonly groups: readonly string[]; readonly at: number },
  readings: readonly MembershipReading[],
  now: number,
): GroupsNow {
  const groups: string[] = [];
  const unknown: string[] = [];
  for (const group of spoken.groups) {
    const platform = platformOfGroup(group);
    const since = readings.filter((reading) => reading.platform === platform && reading.readAt >= spoken.at);
    // What is no platform's group is asked for where it is kept.
    const isIn = platform === null ? true : isInNow(group, spoken.at, since, now);
    if (isIn === true) groups.push(group);
    else if (isIn === null) unknown.push(group);
  }
  return { groups, unknown };
}

/** Each account counts by what was said of that account: that another one was asked a moment ago makes nothing younger. Null: nobody knows. */
function isInNow(group: string, spokenAt: number, since: readonly MembershipReading[], now: number): boolean | null {
  const isFresh = (at: number): boolean => now - at <= MEMBERSHIP_FRESH_MS;
  if (since.length === 0) return isFresh(spokenAt) || null;
  const fresh = since.filter(({ readAt }) => isFresh(readAt));
  if (fresh.some(({ groups }) => groups.includes(group))) return true;
  const isForgotten = since.some(({ readAt, groups }) => !isFresh(readAt) && groups.includes(group));
  return isForgotten || fresh.length === 0 ? null : false;
}
