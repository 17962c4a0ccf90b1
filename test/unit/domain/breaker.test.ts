import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admission,
  afterFailure,
  afterSuccess,
  type BreakerRule,
  type BreakerState,
  CLOSED,
  describeOutage,
} from '../../../src/domain/breaker.ts';

const RULE: BreakerRule = { failures: 3, restsMs: [1_000, 4_000] };

function failing(state: BreakerState, now: number, isTry = false): BreakerState {
  return afterFailure(state, RULE, { part: 'engine', because: 'refused', now, isTry });
}

const opened = (now: number): BreakerState => failing(failing(failing(CLOSED, now), now), now);

describe('a breaker', () => {
  it('opens after its number of failures in a row', () => {
    const almost = failing(failing(CLOSED, 0), 0);
    expect(almost.open).toBeNull();
    expect(failing(almost, 7).open).toEqual({ part: 'engine', because: 'refused', since: 7, attempt: 1, tryAt: 1_007 });
  });

  it('counts anew after a success', () => {
    const state = failing(afterSuccess(failing(failing(CLOSED, 0), 0), false), 0);
    expect(state).toEqual({ failures: 1, open: null });
  });

  it.each([
    [999, 'no'],
    [1_000, 'try'],
    [60_000, 'try'],
  ] as const)('%d ms after it opened answers %s to whoever asks to go through', (after, answer) => {
    expect(admission(CLOSED, after)).toBe('yes');
    expect(admission(opened(0), after)).toBe(answer);
  });

  it('stays open for longer after each failed try, up to the longest, and remembers since when', () => {
    const second = failing(opened(0), 1_000, true);
    expect(second.open).toMatchObject({ since: 0, attempt: 2, tryAt: 5_000 });
    expect(failing(second, 5_000, true).open).toMatchObject({ since: 0, attempt: 3, tryAt: 9_000 });
  });

  it('is closed by the try that succeeds', () => {
    expect(afterSuccess(opened(0), true)).toEqual(CLOSED);
  });

  it('is not moved by calls that began before it opened', () => {
    const state = opened(0);
    expect(failing(state, 500)).toBe(state);
    expect(afterSuccess(state, false)).toBe(state);
  });

  it('is the same value where nothing changes, so that nothing is written', () => {
    expect(afterSuccess(CLOSED, false)).toBe(CLOSED);
  });

  it('never lets anything but a try through while it is open, whatever happens', () => {
    const step = fc.record({ fails: fc.boolean(), afterMs: fc.nat(6_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state: BreakerState = CLOSED;
        let now = 0;
        for (const { fails, afterMs } of steps) {
          now += afterMs;
          const answer = admission(state, now);
          if (answer === 'no') {
            expect(state.open?.tryAt).toBeGreaterThan(now);
            continue;
          }
          const before = state;
          state = fails ? failing(state, now, answer === 'try') : afterSuccess(state, answer === 'try');
          if (!fails) expect(state.open).toBeNull();
          if (fails && before.open !== null) expect(state.open?.since).toBe(before.open.since);
          if (state.open !== null) expect(state.open.tryAt).toBeGreaterThan(now);
        }
      }),
    );
  });
});

describe('describeOutage', () => {
  const open = { part: 'engine', because: '', since: 0, attempt: 1, tryAt: 200_000 };
  it.each([
    [100, 'has not answered for 1 s; it is tried again in 3 min'],
    [192_000, 'has not answered for 3 min; it is tried again in 8 s'],
    [200_000, 'has not answered for 3 min; it is tried again now'],
    [4 * 3_600_000, 'has not answered for 4 h; it is tried again now'],
  ])('says at %d ms: %s', (now, said) => {
    expect(describeOutage(open, now)).toBe(said);
  });
});
