const DAY_MS = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}

/** Is it a zone of the IANA database, like `Europe/Berlin`, or `UTC`? Offsets (`+02:00`) are none: they do not know of summer. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,60}$/.test(text)) return false;
  try {
    formatterOf(text);
    return true;
  } catch {
    return false;
  }
}

/** How far the zone's clocks are ahead of UTC at this moment. */
function offsetAt(timeZone: string, at: number): number {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(at / 1000) * 1000;
}

/**
 * The moment at which the zone's clocks show this time (given as if it were UTC). A time that clocks skip is read as the one
 * that much later; of one that they show twice, the first is meant.
 */
function atLocalTime(timeZone: string, local: number): number {
  // A change of clocks is never more than a day away from both of these, so one of the two offsets is in force.
  const before = offsetAt(timeZone, local - DAY_MS);
  const after = offsetAt(timeZone, local + DAY_MS);
  const candidates = [local - before, local - after].filter((at) => offsetAt(timeZone, at) === local - at);
  return candidates.length === 0 ? local - before : Math.min(...candidates);
}

/** The same time of day, that many calendar days later: 24 hours each, but for days on which the clocks change. */
export function addDays(timeZone: string, at: number, days: number): number {
  return days === 0 ? at : atLocalTime(timeZone, at + offsetAt(timeZone, at) + days * DAY_MS);
}

/** What people write for a moment, as an example for them. */
export const MOMENT_EXAMPLES = '2026-12-24, "2026-12-24 18:00" or 2026-12-24T18:00:00Z';

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A date (its first moment) or a date and time (ISO 8601), in the zone unless it has an offset of its own; null when it is none, or needs a zone and there is none. */
export function parseMoment(text: string, timeZone: string | null): number | null {
  const match = MOMENT.exec(text.trim());
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(local);
  // 31 February would become 3 March.
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null;
  const offset = match[7];
  if (offset === undefined) return timeZone === null ? null : atLocalTime(timeZone, local);
  if (offset.toUpperCase() === 'Z') return local;
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.replace(/\D/g, '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  return hours > 14 || minutes > 59 ? null : local - sign * (hours * 60 + minutes) * 60_000;
}
