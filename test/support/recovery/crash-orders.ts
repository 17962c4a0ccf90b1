import { FAILPOINTS, type Failpoint, type Failpoints } from '../../../src/application/failpoints.ts';

/**
 * What a worker under test does when it comes by a failpoint: dies as by `kill -9`, stands still as by SIGSTOP, waits to
 * be told to go on, or meets a fault.
 */
export type CrashOrder = { readonly name: Failpoint; readonly nth: number; readonly how: 'kill' | 'stop' | 'pause' | 'throw' };

/** `after-apply:2=kill`; the first time when no number is given. */
export function parseOrder(text: string): CrashOrder {
  const [, given, nth = '1', how] = /^([a-z-]+)(?::(\d+))?=(kill|stop|pause|throw)$/.exec(text) ?? [];
  const name = FAILPOINTS.find((candidate) => candidate === given);
  if (name === undefined || (how !== 'kill' && how !== 'stop' && how !== 'pause' && how !== 'throw'))
    throw new Error(`no such order: ${text}`);
  return { name, nth: Number(nth), how };
}

/** Follows one order at a time; counts from when it was given. `report` is told before anything happens. */
export class CrashPoints implements Failpoints {
  readonly #report: (name: Failpoint) => Promise<void>;
  #order: CrashOrder | null = null;
  #seen = 0;
  #resume: (() => void) | null = null;

  constructor(report: (name: Failpoint) => Promise<void>) {
    this.#report = report;
  }

  arm(order: CrashOrder | null): void {
    this.#order = order;
    this.#seen = 0;
  }

  resume(): void {
    this.#resume?.();
    this.#resume = null;
  }

  async hit(name: Failpoint): Promise<void> {
    if (this.#order?.name !== name) return;
    this.#seen += 1;
    if (this.#seen !== this.#order.nth) return;
    const { how } = this.#order;
    this.#order = null;
    await this.#report(name);
    if (how === 'throw') throw new Error(`told to fail at ${name}`);
    if (how === 'pause') return this.#wait();
    process.kill(process.pid, how === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  }

  #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resume = resolve;
    return promise;
  }
}
