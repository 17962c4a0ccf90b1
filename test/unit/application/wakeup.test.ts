import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Wakeup } from '../../../src/application/wakeup.ts';
import { FakeClock } from '../../support/builders-parts.ts';

const NEVER = new AbortController().signal;

describe('Wakeup', () => {
  it('keeps a wake that came while nobody waited, for one wait', async () => {
    const clock = new FakeClock();
    const wakeup = new Wakeup(clock);
    wakeup.wake();
    wakeup.wake();
    await wakeup.wait(null, NEVER);
    let isOver = false;
    const second = wakeup.wait(null, NEVER).then(() => {
      isOver = true;
    });
    await clock.advance(60_000);
    expect(isOver).toBe(false);
    wakeup.wake();
    await second;
  });

  it('ends a wait at its time, and leaves no timer behind when it is woken before', async () => {
    const clock = new FakeClock();
    const wakeup = new Wakeup(clock);
    const timed = wakeup.wait(clock.now() + 500, NEVER);
    await clock.advance(500);
    await timed;
    const woken = wakeup.wait(clock.now() + 500, NEVER);
    wakeup.wake();
    await woken;
    expect(clock.sleepers).toBe(0);
  });

  it('does not wait for a time that is over', async () => {
    const clock = new FakeClock();
    const timed = new Wakeup(clock).wait(clock.now() - 1, NEVER);
    await clock.advance(0);
    await timed;
  });

  it('ends a wait when its signal aborts, before or during it', async () => {
    const wakeup = new Wakeup(new FakeClock());
    await wakeup.wait(null, AbortSignal.abort());
    const stop = new AbortController();
    const waiting = wakeup.wait(null, stop.signal);
    stop.abort();
    await waiting;
  });

  it('loses no wake: after the last one the waiter always looks once more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('wake', 'tick', 'yield'), { minLength: 1, maxLength: 20 }), async (steps) => {
        const clock = new FakeClock();
        const wakeup = new Wakeup(clock);
        const stop = new AbortController();
        let changes = 0;
        let seen = 0;
        const reader = (async () => {
          while (!stop.signal.aborted) {
            seen = changes;
            await wakeup.wait(clock.now() + 1000, stop.signal);
          }
        })();
        for (const step of steps) {
          if (step === 'wake') {
            changes += 1;
            wakeup.wake();
          } else if (step === 'tick') await clock.advance(1000);
          else await Promise.resolve();
        }
        // Less than a tick: only a wake can have brought the reader here.
        await clock.advance(0);
        expect(seen).toBe(changes);
        stop.abort();
        await reader;
      }),
    );
  });
});
