import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CronerSchedules } from '../../../adapters/croner/croner-schedules.ts';
import {
  heldUntil,
  isOpenAt,
  nextChange,
  type OpeningHours,
  parseLength,
  type Recurring,
  type Schedule,
} from '../../../src/domain/freeze-window.ts';

const croner = new CronerSchedules();
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString());
const recurring = (cron: string, lasts: string, timeZone = 'Europe/Berlin'): Recurring => {
  const length = parseLength(lasts);
  if (length === null) throw new Error(lasts);
  return { kind: 'recurring', cron, timeZone, lasts: length };
};
const once = (from: string, until: string): Schedule => ({ kind: 'once', from: at(from), until: at(until) });
const frozen = (...schedules: Schedule[]): OpeningHours => ({ freezes: schedules.map((schedule) => ({ schedule })), windows: [] });

describe('parseLength', () => {
  it.each([
    ['90m', { days: 0, ms: 1.5 * HOUR }],
    ['2d15h', { days: 2, ms: 15 * HOUR }],
    ['1w', { days: 7, ms: 0 }],
    ['1W1D', { days: 8, ms: 0 }],
  ])('reads %s', (text, expected) => {
    expect(parseLength(text)).toEqual(expected);
  });
  it('reads nothing else', () => {
    expect(['', '0h', 'soon', '-2d', '1.5h'].map(parseLength)).toEqual([null, null, null, null, null]);
  });
});

describe('a schedule', () => {
  it('holds from its first moment until just before its last', () => {
    const christmas = once('2026-12-24T00:00Z', '2026-12-27T00:00Z');
    const held = ['2026-12-23T23:59:59.999Z', '2026-12-24T00:00Z', '2026-12-26T23:59:59.999Z', '2026-12-27T00:00Z'];
    expect(held.map((moment) => iso(heldUntil(christmas, at(moment), croner)))).toEqual([
      null,
      '2026-12-27T00:00:00.000Z',
      '2026-12-27T00:00:00.000Z',
      null,
    ]);
    const weekend = recurring('0 18 * * FRI', '2d15h');
    const around = ['2026-11-20T16:59:59.999Z', '2026-11-20T17:00Z', '2026-11-23T07:59:59.999Z', '2026-11-23T08:00Z'];
    expect(around.map((moment) => iso(heldUntil(weekend, at(moment), croner)))).toEqual([
      null,
      '2026-11-23T08:00:00.000Z',
      '2026-11-23T08:00:00.000Z',
      null,
    ]);
  });

  it('ends a weekend at the same time of day when clocks change in it, for days are those of the calendar', () => {
    const weekend = recurring('0 18 * * FRI', '2d15h');
    // Monday 09:00 in Berlin, in summer and in winter.
    expect(iso(heldUntil(weekend, at('2026-03-28T12:00Z'), croner))).toBe('2026-03-30T07:00:00.000Z');
    expect(iso(heldUntil(weekend, at('2026-10-24T12:00Z'), croner))).toBe('2026-10-26T08:00:00.000Z');
  });

  it('counts hours as hours when clocks change in them', () => {
    const night = recurring('0 22 * * SAT', '8h');
    expect(iso(heldUntil(night, at('2026-03-29T00:00Z'), croner))).toBe('2026-03-29T05:00:00.000Z');
    expect(iso(heldUntil(night, at('2026-10-25T00:00Z'), croner))).toBe('2026-10-25T04:00:00.000Z');
  });

  it('loses no start to clocks that skip it', () => {
    expect(iso(heldUntil(recurring('30 2,14 * * *', '1h'), at('2026-03-29T01:10Z'), croner))).toBe('2026-03-29T02:00:00.000Z');
  });

  it('knows leap days', () => {
    const leap = recurring('0 0 29 2 *', '1d', 'UTC');
    expect(heldUntil(leap, at('2027-03-01T00:00Z'), croner)).toBeNull();
    expect(iso(heldUntil(leap, at('2028-02-29T12:00Z'), croner))).toBe('2028-03-01T00:00:00.000Z');
    expect(iso(nextChange(frozen(leap), at('2026-11-21T00:00Z'), croner))).toBe('2028-02-29T00:00:00.000Z');
  });
});

describe('opening hours', () => {
  it('open when overlapping freezes are over, all of them', () => {
    const hours = frozen(
      once('2026-12-24T00:00Z', '2026-12-27T00:00Z'),
      once('2026-12-26T00:00Z', '2027-01-02T00:00Z'),
      once('2027-01-02T00:00Z', '2027-01-03T00:00Z'),
    );
    expect(iso(nextChange(hours, at('2026-12-25T00:00Z'), croner))).toBe('2027-01-03T00:00:00.000Z');
    expect(isOpenAt(hours, at('2027-01-03T00:00Z'), croner)).toBe(true);
    expect(nextChange(hours, at('2027-01-03T00:00Z'), croner)).toBeNull();
  });

  it('let deployments in only inside a window, and not where it is frozen', () => {
    const office = recurring('0 9 * * MON-FRI', '8h');
    const hours: OpeningHours = { freezes: [{ schedule: once('2026-11-23T00:00Z', '2026-11-24T00:00Z') }], windows: [office] };
    expect(isOpenAt(hours, at('2026-11-20T10:00Z'), croner)).toBe(true);
    expect(iso(nextChange(hours, at('2026-11-20T10:00Z'), croner))).toBe('2026-11-20T16:00:00.000Z');
    // The weekend, then Monday's freeze, then Tuesday's window.
    expect(iso(nextChange(hours, at('2026-11-21T10:00Z'), croner))).toBe('2026-11-24T08:00:00.000Z');
  });

  it('stay open where one window ends inside another', () => {
    const hours: OpeningHours = { freezes: [], windows: [recurring('0 9 * * *', '4h', 'UTC'), recurring('0 12 * * *', '4h', 'UTC')] };
    expect(iso(nextChange(hours, at('2026-11-21T10:00Z'), croner))).toBe('2026-11-21T16:00:00.000Z');
  });

  it('do not go on for ever where freezes follow each other endlessly', () => {
    expect(nextChange(frozen(recurring('* * * * *', '5m')), at('2026-11-21T10:00Z'), croner)).toBeNull();
  });
});

/** Half-hours around a change of clocks as the zone shows them, by another way than the code's: whatever `toLocaleString` says. */
type Grid = { readonly zone: string; readonly from: number; readonly shown: readonly string[] };
const STEP = HOUR / 2;
const grids: readonly Grid[] = (
  [
    ['Europe/Berlin', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00Z'],
    ['America/New_York', '2026-03-08T07:00Z'],
    ['America/New_York', '2026-11-01T06:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
    ['UTC', '2028-02-29T00:00Z'],
  ] as const
).map(([zone, change]) => {
  const from = at(change) - 14 * 24 * HOUR;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return { zone, from, shown: Array.from({ length: 28 * 48 }, (_, index) => format.format(from + index * STEP)) };
});

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const weekday = (date: string): number => new Date(`${date}T00:00Z`).getUTCDay();
const later = (date: string, days: number): string => new Date(at(`${date}T00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);

/** A time of day at which no clocks change, on some weekdays. */
const arbitrary = fc.record({
  hour: fc.integer({ min: 5, max: 21 }),
  minute: fc.constantFrom(0, 30),
  days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
  lastsDays: fc.integer({ min: 0, max: 3 }),
  lastsSteps: fc.integer({ min: 1, max: 20 }),
});
type Drawn = Parameters<Parameters<typeof arbitrary.map>[0]>[0];

function scheduleOf({ hour, minute, days, lastsDays, lastsSteps }: Drawn, timeZone: string): Recurring {
  const cron = `${minute} ${hour} * * ${days.map((day) => DAYS[day]).join(',')}`;
  return { kind: 'recurring', cron, timeZone, lasts: { days: lastsDays, ms: lastsSteps * STEP } };
}

/** For each half-hour: does the schedule hold? By looking for its starts and the same time of day some days later. */
function heldBySearch({ hour, minute, days, lastsDays, lastsSteps }: Drawn, { shown }: Grid): readonly boolean[] {
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const held = shown.map(() => false);
  shown.forEach((label) => {
    const [date = '', shownTime] = label.split(' ');
    if (shownTime !== time || !days.includes(weekday(date))) return;
    const start = shown.indexOf(label);
    const sameTime = shown.indexOf(`${later(date, lastsDays)} ${time}`);
    const end = sameTime === -1 ? shown.length : sameTime + lastsSteps;
    held.fill(true, start, Math.min(end, shown.length));
  });
  return held;
}

it('holds and changes as a calendar says, also where clocks change and schedules overlap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...grids),
      fc.array(arbitrary, { maxLength: 3 }),
      fc.array(arbitrary, { maxLength: 2 }),
      fc.array(fc.integer({ min: 8 * 48, max: 20 * 48 }), { minLength: 12, maxLength: 12 }),
      (grid, freezes, windows, moments) => {
        const hours: OpeningHours = {
          freezes: freezes.map((drawn) => ({ schedule: scheduleOf(drawn, grid.zone) })),
          windows: windows.map((drawn) => scheduleOf(drawn, grid.zone)),
        };
        const freezing = freezes.map((drawn) => heldBySearch(drawn, grid));
        const opening = windows.map((drawn) => heldBySearch(drawn, grid));
        const open = grid.shown.map(
          (_, index) => !freezing.some((held) => held[index]) && (windows.length === 0 || opening.some((held) => held[index])),
        );
        for (const moment of moments) {
          const when = grid.from + moment * STEP;
          expect(isOpenAt(hours, when, croner)).toBe(open[moment]);
          expect(isOpenAt(hours, when + STEP - 1, croner)).toBe(open[moment]);
          const change = open.findIndex((isOpen, index) => index > moment && isOpen !== open[moment]);
          if (change !== -1) expect(nextChange(hours, when, croner)).toBe(grid.from + change * STEP);
        }
      },
    ),
    { numRuns: 200 },
  );
});
