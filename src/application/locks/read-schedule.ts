import { DURATION_EXAMPLES } from '../../domain/duration.ts';
import { parseLength, type Schedule } from '../../domain/freeze-window.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { isTimeZone, MOMENT_EXAMPLES, parseMoment } from '../../domain/zoned-time.ts';
import type { Schedules } from '../../ports/schedules.ts';
import type { TypedSchedule } from './use-cases.ts';

const DAY_MS = 86_400_000;
const LONGEST_RECURRING_DAYS = 31;
const LONGEST_ONCE_DAYS = 366;

/** Again and again (`--cron`, `--for`, `--time-zone`), or once: until a moment or for a while, from now or from another one. */
export function readSchedule(typed: TypedSchedule, now: number, schedules: Schedules): Schedule | Refusal {
  const { timeZone } = typed;
  if (timeZone !== null && !isTimeZone(timeZone)) {
    return wrong(`“${timeZone}” is no time zone.`, 'Write one like --time-zone Europe/Berlin, or UTC.');
  }
  return typed.cron === null ? readOnce(typed, now) : readRecurring({ ...typed, cron: typed.cron }, schedules);
}

function readRecurring({ cron, lasts, timeZone, from, until }: TypedSchedule & { cron: string }, schedules: Schedules): Schedule | Refusal {
  if (from !== null || until !== null) return wrong('A freeze comes again and again (--cron), or once (--from, --until), not both.', null);
  if (lasts === null || timeZone === null) {
    return wrong('A freeze that comes again needs to know how long and whose clocks.', 'Add --for 2d15h --time-zone Europe/Berlin');
  }
  const problem = schedules.problemOf(cron);
  if (problem !== null) return wrong(`The cron expression ${problem}.`, 'For example --cron "0 18 * * FRI"');
  const length = parseLength(lasts);
  if (length === null) return wrong(`“${lasts}” is no length of time.`, `Write it like ${DURATION_EXAMPLES}.`);
  if (length.days + length.ms / DAY_MS > LONGEST_RECURRING_DAYS) return wrong(`That is longer than ${LONGEST_RECURRING_DAYS} days.`, null);
  return { kind: 'recurring', cron, timeZone, lasts: length };
}

function readOnce({ from: typedFrom, until: typedUntil, lasts, timeZone }: TypedSchedule, now: number): Schedule | Refusal {
  if ((typedUntil === null) === (lasts === null)) {
    return wrong('A freeze needs an end: until when, or for how long.', 'Add --until 2026-12-27 --time-zone Europe/Berlin, or --for 3h');
  }
  const from = typedFrom === null ? now : momentOf(typedFrom, timeZone);
  if (typeof from !== 'number') return from;
  const length = lasts === null ? null : parseLength(lasts);
  if (lasts !== null && length === null) return wrong(`“${lasts}” is no length of time.`, `Write it like ${DURATION_EXAMPLES}.`);
  const until = length === null ? momentOf(typedUntil ?? '', timeZone) : from + length.days * DAY_MS + length.ms;
  if (typeof until !== 'number') return until;
  if (until <= from) return wrong('That ends before it begins.', 'A date alone means its first moment: write the day after the last one.');
  if (until <= now) return wrong('That is over already.', 'Write when it will end.');
  if (until - from > LONGEST_ONCE_DAYS * DAY_MS)
    return wrong(`That is longer than ${LONGEST_ONCE_DAYS} days.`, 'Protect the environment instead.');
  return { kind: 'once', from, until };
}

function momentOf(text: string, timeZone: string | null): number | Refusal {
  const at = parseMoment(text, timeZone);
  if (at !== null) return at;
  return parseMoment(text, 'UTC') === null
    ? wrong(`“${text}” is no date.`, `Write it like ${MOMENT_EXAMPLES}.`)
    : wrong(`“${text}” does not say in which time zone.`, 'Add --time-zone Europe/Berlin, or UTC.');
}

function wrong(message: string, hint: string | null): Refusal {
  return refusal('invalid_arguments', message, hint);
}
