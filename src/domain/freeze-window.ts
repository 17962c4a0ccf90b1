import type { Person } from './deployment.ts';
import { parseDuration } from './duration.ts';
import type { Scope } from './scope.ts';
import { addDays } from './zoned-time.ts';

/** Days as a calendar counts them (23 to 25 hours), and exact time on top (RFC 5545, section 3.8.2.5, tells them apart as well). */
export type Length = { readonly days: number; readonly ms: number };

/** Begins whenever the zone's clocks show what the cron expression names, and lasts. */
export type Recurring = { readonly kind: 'recurring'; readonly cron: string; readonly timeZone: string; readonly lasts: Length };
/** From `from` until just before `until`, epoch milliseconds. */
export type Once = { readonly kind: 'once'; readonly from: number; readonly until: number };
export type Schedule = Recurring | Once;

/** A stretch of time in which nothing is deployed, with why. Those of `shipmate.yml` have no id and nobody who made them. */
export type Freeze = {
  readonly id: string | null;
  readonly scope: Scope;
  readonly schedule: Schedule;
  readonly reason: string;
  readonly createdBy: Person | null;
  readonly createdAt: number;
};

/** When an environment takes deployments. Without windows: whenever nothing is frozen; with some: only inside one of them. */
export type OpeningHours = { readonly freezes: readonly Pick<Freeze, 'schedule'>[]; readonly windows: readonly Schedule[] };

/** When a recurring schedule begins: reading cron is a library's matter. Null when it never does. */
export type Occurrences = {
  /** The latest beginning at or before `at`. */
  lastStart(schedule: Recurring, at: number): number | null;
  /** The first beginning after `at`. */
  nextStart(schedule: Recurring, at: number): number | null;
};

const DAYS = /(\d+)([dw])/g;
const DAY_MS = 86_400_000;

/** `90m`, `2h`, `3d`, `2d15h`; null when it is no length. */
export function parseLength(text: string): Length | null {
  const total = parseDuration(text);
  if (total === null) return null;
  let days = 0;
  for (const [, amount, unit] of text.toLowerCase().matchAll(DAYS)) days += Number(amount) * (unit === 'w' ? 7 : 1);
  return { days, ms: total - days * DAY_MS };
}

/** Until when the schedule holds, when it does at this moment; null when it does not. */
export function heldUntil(schedule: Schedule, at: number, occurrences: Occurrences): number | null {
  if (schedule.kind === 'once') return schedule.from <= at && at < schedule.until ? schedule.until : null;
  const start = occurrences.lastStart(schedule, at);
  if (start === null) return null;
  const end = addDays(schedule.timeZone, start, schedule.lasts.days) + schedule.lasts.ms;
  return at < end ? end : null;
}

export function isOpenAt({ freezes, windows }: OpeningHours, at: number, occurrences: Occurrences): boolean {
  if (freezes.some(({ schedule }) => heldUntil(schedule, at, occurrences) !== null)) return false;
  return windows.length === 0 || windows.some((window) => heldUntil(window, at, occurrences) !== null);
}

/** Schedules that overlap endlessly (every minute, for five minutes) are followed this far. */
const MAX_STEPS = 1000;

/** When it opens if it is closed now, and closes if it is open; null when that never happens or is too far to tell. */
export function nextChange(hours: OpeningHours, now: number, occurrences: Occurrences): number | null {
  const isOpen = isOpenAt(hours, now, occurrences);
  const schedules = [...hours.freezes.map(({ schedule }) => schedule), ...hours.windows];
  let at = now;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const edges = schedules.flatMap((schedule) => nextEdge(schedule, at, occurrences) ?? []);
    if (edges.length === 0) return null;
    at = Math.min(...edges);
    if (isOpenAt(hours, at, occurrences) !== isOpen) return at;
  }
  return null;
}

/** The next moment at which the schedule begins to hold or ceases to. */
function nextEdge(schedule: Schedule, at: number, occurrences: Occurrences): number | null {
  const until = heldUntil(schedule, at, occurrences);
  if (until !== null) return until;
  if (schedule.kind === 'once') return schedule.from > at ? schedule.from : null;
  return occurrences.nextStart(schedule, at);
}
