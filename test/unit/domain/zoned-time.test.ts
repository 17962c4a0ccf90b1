import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, isTimeZone, parseMoment } from '../../../src/domain/zoned-time.ts';

const at = (text: string): number => Date.parse(text);
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString());

describe('parseMoment', () => {
  it.each([
    ['2026-12-24', 'UTC', '2026-12-24T00:00:00.000Z'],
    ['2026-12-24', 'Europe/Berlin', '2026-12-23T23:00:00.000Z'],
    ['2026-07-24 18:30', 'Europe/Berlin', '2026-07-24T16:30:00.000Z'],
    ['2026-12-24T18:00', 'America/New_York', '2026-12-24T23:00:00.000Z'],
    ['2026-12-24T18:00:05', 'Asia/Kathmandu', '2026-12-24T12:15:05.000Z'],
    // An offset of its own wins.
    ['2026-12-24T18:00:00Z', 'Europe/Berlin', '2026-12-24T18:00:00.000Z'],
    ['2026-12-24T18:00+05:30', 'Europe/Berlin', '2026-12-24T12:30:00.000Z'],
    ['2026-12-24T18:00-0800', 'UTC', '2026-12-25T02:00:00.000Z'],
    ['2028-02-29', 'UTC', '2028-02-29T00:00:00.000Z'],
    // Clocks skip it: the time that much later. They show it twice: the first.
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-08 02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    // Lord Howe's clocks change by half an hour; Samoa left out a whole day.
    ['2026-10-04 02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['2011-12-31 00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('reads %s in %s', (text, zone, expected) => {
    expect(iso(parseMoment(text, zone))).toBe(expected);
  });

  it.each([
    '',
    'soon',
    '2026-13-01',
    '2026-02-29',
    '2026-02-31',
    '2026-12-24 24:00',
    '2026-12-24 18:60',
    '2026-12-24 6 pm',
    '24.12.2026',
    '2026-12-24T18:00+25:00',
  ])('does not read “%s”', (text) => {
    expect(parseMoment(text, 'UTC')).toBeNull();
  });

  it('needs a zone or an offset', () => {
    expect(parseMoment('2026-12-24 18:00', null)).toBeNull();
    expect(iso(parseMoment('2026-12-24T18:00Z', null))).toBe('2026-12-24T18:00:00.000Z');
  });

  it('reads back what clocks show, wherever they show it once', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('2012-01-02T00:00Z') / 60_000, max: at('2040-01-01T00:00Z') / 60_000 }),
        (timeZone, minute) => {
          const moment = minute * 60_000;
          const shown = (when: number) => new Date(when).toLocaleString('sv-SE', { timeZone }).slice(0, 16);
          const read = parseMoment(shown(moment), timeZone);
          // Shown twice: the first is meant, at most an hour before.
          expect(read).not.toBeNull();
          expect(shown(read ?? 0)).toBe(shown(moment));
          expect(moment - (read ?? 0)).toBeOneOf([0, 1_800_000, 3_600_000]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('addDays', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T17:00:00Z', 1, '2026-03-29T16:00:00.000Z'],
    ['Europe/Berlin', '2026-10-24T16:00:00Z', 1, '2026-10-25T17:00:00.000Z'],
    ['America/New_York', '2026-10-31T12:00:00Z', 7, '2026-11-07T13:00:00.000Z'],
    ['UTC', '2028-02-28T09:00:00Z', 1, '2028-02-29T09:00:00.000Z'],
    ['UTC', '2027-02-28T09:00:00Z', 1, '2027-03-01T09:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', 0, '2026-10-25T01:30:00.000Z'],
  ])('in %s from %s by %i', (zone, from, days, expected) => {
    expect(iso(addDays(zone, at(from), days))).toBe(expected);
  });
});

describe('isTimeZone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('knows %s', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });
  it.each(['', 'Berlin', 'Europe/Atlantis', '+02:00', 'GMT+25', '../etc/passwd', 'constructor'])('does not know “%s”', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});
