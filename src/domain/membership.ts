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
    const newest = Math.max(spoken.at, ...since.map(({ readAt }) => readAt));
    // What is no platform's group is asked for where it is kept.
    if (platform === null) groups.push(group);
    else if (now - newest > MEMBERSHIP_FRESH_MS) unknown.push(group);
    else if (since.length === 0 || since.some((reading) => reading.groups.includes(group))) groups.push(group);
  }
  return { groups, unknown };
}
