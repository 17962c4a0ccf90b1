import { describe, expect, it } from 'vitest';
import { CronerSchedules } from '../../../adapters/croner/croner-schedules.ts';
import type { Recurring } from '../../../src/domain/freeze-window.ts';

const schedules = new CronerSchedules();
const at = (text: string): number => Date.parse(text);
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString());
const schedule = (cron: string, timeZone = 'Europe/Berlin'): Recurring => ({
  kind: 'recurring',
  cron,
  timeZone,
  lasts: { days: 0, ms: 1 },
});

describe('CronerSchedules', () => {
  it('finds a start at the very moment, and not again behind it', () => {
    const weekend = schedule('0 18 * * FRI');
    const start = at('2026-11-20T17:00:00Z');
    expect(iso(schedules.lastStart(weekend, start))).toBe('2026-11-20T17:00:00.000Z');
    expect(iso(schedules.lastStart(weekend, start + 999))).toBe('2026-11-20T17:00:00.000Z');
    expect(iso(schedules.lastStart(weekend, start - 1))).toBe('2026-11-13T17:00:00.000Z');
    expect(iso(schedules.nextStart(weekend, start))).toBe('2026-11-27T17:00:00.000Z');
    expect(iso(schedules.nextStart(weekend, start - 1))).toBe('2026-11-20T17:00:00.000Z');
  });

  it.each([
    // Clocks skip 02:30: it counts as the next time there is, alone and in a list of hours.
    ['30 2 * * *', '2026-03-29T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['30 2,14 * * *', '2026-03-29T11:00:00Z', '2026-03-29T01:00:00.000Z'],
    // They show it twice: it begins at the first.
    ['30 2 * * *', '2026-10-25T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['0 0 29 2 *', '2027-06-01T00:00:00Z', '2024-02-28T23:00:00.000Z'],
    ['0 9 1 1 *', '2026-11-21T00:00:00Z', '2026-01-01T08:00:00.000Z'],
  ])('%s began last before %s', (cron, now, expected) => {
    expect(iso(schedules.lastStart(schedule(cron), at(now)))).toBe(expected);
  });

  it('goes from one leap day to the next', () => {
    expect(iso(schedules.nextStart(schedule('0 0 29 2 *', 'UTC'), at('2026-11-21T00:00:00Z')))).toBe('2028-02-29T00:00:00.000Z');
  });

  it.each([
    ['0 18 * * FRI', null],
    ['*/5 8-17 * JAN-MAR 1-5', null],
    ['0 0 31 2 *', 'never comes'],
    ['0 18 * *', 'is no cron expression'],
    ['0 0 18 * * FRI', 'is no cron expression'],
    ['60 * * * *', 'is no cron expression'],
    ['2026-12-24T18:00', 'is no cron expression'],
    ['', 'is no cron expression'],
  ])('of “%s” it says %s', (cron, problem) => {
    const found = schedules.problemOf(cron);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });
});
