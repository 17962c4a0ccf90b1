import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  type FactorTries,
  LOCKED_MS,
  LONGEST_LOCK_MS,
  lockedUntil,
  MOST_FAILURES,
  NO_TRIES,
} from '../../../src/domain/factor.ts';

const failing = (times: number, now: number, from: FactorTries = NO_TRIES): FactorTries =>
  Array.from({ length: times }).reduce<FactorTries>((tries) => afterFailure(tries, now), from);

describe('tries', () => {
  it('lock with the fifth failure in a row, for fifteen minutes', () => {
    expect(failing(4, 100)).toEqual({ failures: 4, lockedUntil: null, locks: 0 });
    const locked = failing(5, 100);
    expect(locked).toEqual({ failures: 0, lockedUntil: 100 + LOCKED_MS, locks: 1 });
    expect(LOCKED_MS).toBe(900_000);
    expect(lockedUntil(locked, 100 + LOCKED_MS - 1)).toBe(100 + LOCKED_MS);
    expect(lockedUntil(locked, 100 + LOCKED_MS)).toBeNull();
  });

  it('are at most five in any fifteen minutes, however they are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 200 }), (pauses) => {
        let now = 0;
        let tries = NO_TRIES;
        const tried: number[] = [];
        for (const pause of pauses) {
          now += pause;
          if (lockedUntil(tries, now) !== null) continue;
          tried.push(now);
          tries = afterFailure(tries, now);
        }
        // Between the last try of one five and the first of the next lie fifteen minutes.
        const fives = tried.filter((_, index) => index % MOST_FAILURES === MOST_FAILURES - 1);
        return fives.every((last, index) => (tried[(index + 1) * MOST_FAILURES] ?? Number.POSITIVE_INFINITY) - last >= LOCKED_MS);
      }),
    );
  });

  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  /** The lengths of locks that each begin so long after the end of the one before. */
  const lengths = (pauses: readonly number[]): readonly number[] => {
    let tries = failing(5, 0);
    const all = [tries.lockedUntil ?? 0];
    for (const pause of pauses) {
      const now = (tries.lockedUntil ?? 0) + pause;
      tries = failing(5, now, tries);
      all.push((tries.lockedUntil ?? 0) - now);
    }
    return all.map((ms) => ms / HOUR);
  };

  it.each([
    ['at once', [0, 0, 0, 0, 0], [0.25, 1, 4, 16, 24, 24]],
    ['within a day of one another', [DAY - 1, DAY - 1], [0.25, 1, 4]],
    ['a day apart', [DAY, DAY], [0.25, 0.25, 0.25]],
    ['first soon, then a day later', [0, 0, DAY, 0], [0.25, 1, 4, 0.25, 1]],
  ])('lock for longer each time: %s', (_name, pauses, hours) => {
    expect(lengths(pauses)).toEqual(hours);
  });

  it('lock for fifteen minutes again after a right code', () => {
    expect(failing(5, 100, NO_TRIES).locks).toBe(1);
    expect(failing(5, 0, { ...NO_TRIES, lockedUntil: -1, locks: 40 }).lockedUntil).toBe(LONGEST_LOCK_MS);
  });
});
