import type { Clock } from '../ports/clock.ts';

/** One waiter, many reasons to wake it. A wake that comes while nobody waits is kept for the next wait, so none is lost. */
export class Wakeup {
  readonly #clock: Clock;
  #pending = false;
  #resume: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#pending = true;
    this.#resume?.();
  }

  /** Until woken, until `at` (epoch milliseconds, null for no limit), or until `signal` aborts. */
  async wait(at: number | null, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      const timer = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.#resume = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true, signal: timer.signal });
      });
      const waits = at === null ? [woken] : [woken, this.#clock.sleep(Math.max(0, at - this.#clock.now()), timer.signal)];
      await Promise.race(waits);
      timer.abort();
      this.#resume = null;
    }
    this.#pending = false;
  }
}
