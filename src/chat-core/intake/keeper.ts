import type { Claim, IntakeStore, Kept, NewDelivery } from '../../ports/intake-store.ts';

type Waiting = {
  readonly delivery: NewDelivery;
  readonly claim: Claim | null;
  resolve(kept: Kept): void;
  reject(error: unknown): void;
};

/** At the same time; what comes meanwhile goes together with the next one. */
const STATEMENTS = 2;
const TOGETHER = 200;

/** Keeps deliveries that come at the same moment with one statement: many at once then wait hardly longer than one. */
export class Keeper {
  readonly #store: Pick<IntakeStore, 'keep'>;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(store: Pick<IntakeStore, 'keep'>) {
    this.#store = store;
  }

  /** What waits when `signal` aborts is not sent any more, and nobody is told; what was sent may still come through. */
  keep(delivery: NewDelivery, claim: Claim | null, signal: AbortSignal): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const waiting = { delivery, claim, resolve, reject };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', () => this.#drop(waiting), { once: true });
      void this.#next();
    });
  }

  #drop(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  async #next(): Promise<void> {
    if (this.#running >= STATEMENTS) return;
    const together = this.#waiting.splice(0, TOGETHER);
    if (together.length === 0) return;
    this.#running += 1;
    try {
      const kept = await this.#store.keep(together);
      together.forEach(({ resolve, reject }, index) => {
        const one = kept[index];
        if (one === undefined) reject(new Error('the store said nothing about a delivery'));
        else resolve(one);
      });
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
    this.#running -= 1;
    await this.#next();
  }
}
