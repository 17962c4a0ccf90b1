import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, type FactorTries, LOCKED_MS, lockedUntil, MOST_FAILURES, NO_TRIES } from '../../../src/domain/factor.ts';

const failing = (times: number, now: number, from: FactorTries = NO_TRIES): FactorTries =>
  Array.from({ length: times }).reduce<FactorTries>((tries) => afterFailure(tries, now), from);

describe('tries', () => {
  it('lock with the fifth failure in a row, for fifteen minutes', () => {
    expect(failing(4, 100)).toEqual({ failures: 4, lockedUntil: null });
    const locked = failing(5, 100);
    expect(locked).toEqual({ failures: 0, lockedUntil: 100 + LOCKED_MS });
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
});
