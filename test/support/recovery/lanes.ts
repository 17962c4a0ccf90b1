import { Lab, type LabOptions } from './lab.ts';
import { VERSIONS } from './tiny-app.ts';
import type { TestWorker } from './worker.ts';

/**
 * One stack that was deployed once, and the worker that serves it: the one that took over in one test is the one to be
 * killed in the next, which saves most of a test's time.
 */
export class Lane {
  readonly lab: Lab;
  #worker: TestWorker | null = null;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** The living worker, or a new one, with this order. */
  async worker(order: string | null): Promise<TestWorker> {
    if (this.#worker === null || this.#worker.isOver) this.#worker = await this.lab.startWorker(order);
    else await this.#worker.arm(order);
    return this.#worker;
  }

  /** Lets a worker go on that waits at a failpoint. */
  resume(): void {
    this.#worker?.resume();
  }
}

/** A few lanes side by side. One in which a test failed is not used again. */
export class Lanes {
  readonly #options: LabOptions;
  readonly #free: (Lane | null)[];
  readonly #waiting: (() => void)[] = [];
  readonly #labs: Lab[] = [];

  constructor(count: number, options: LabOptions = {}) {
    this.#free = Array.from({ length: count }, () => null);
    this.#options = options;
  }

  async use(work: (lane: Lane) => Promise<void>): Promise<void> {
    while (this.#free.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const taken = this.#free.pop() ?? null;
    let usable: Lane | null = null;
    try {
      const lane = taken ?? (await this.#open());
      await work(lane);
      usable = lane;
    } finally {
      this.#free.push(usable);
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#labs.map((lab) => lab.close()));
  }

  async #open(): Promise<Lane> {
    const lab = await Lab.open(this.#options);
    this.#labs.push(lab);
    const lane = new Lane(lab);
    await lane.worker(null);
    await lab.deployed(VERSIONS.first);
    return lane;
  }
}
