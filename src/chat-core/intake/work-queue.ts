export type WorkLimits = {
  /** At the same time, those that wait for something slow included. */
  readonly inWork: number;
  /** Of these, so many that started just now: they are what keeps this process busy. */
  readonly young: number;
  /** The same while this process is crowded: what has to be quick goes before what can wait a moment. */
  readonly youngInCrowd: number;
  /** What runs longer waits for something else, an engine for example, and holds up nobody. */
  readonly youngMs: number;
  /** Those that may wait for their turn. */
  readonly waiting: number;
};

/** Runs work within its limits, in order. `isCrowded` is asked before each start; whoever changes its answer to no calls {@link WorkQueue.startMore}. */
export class WorkQueue {
  readonly #limits: WorkLimits;
  readonly #isCrowded: () => boolean;
  readonly #waiting: { start: () => void; drop: () => void }[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #young = 0;
  #isClosed = false;

  constructor(limits: WorkLimits, isCrowded: () => boolean = () => false) {
    this.#limits = limits;
    this.#isCrowded = isCrowded;
  }

  get room(): number {
    const { inWork, waiting } = this.#limits;
    return this.#isClosed ? 0 : Math.max(0, inWork + waiting - this.#running.size - this.#waiting.length);
  }

  /** What the work returns; `dropped` when the queue was closed before its turn. */
  run<T>(work: () => Promise<T>, dropped: T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) return resolve(dropped);
      this.#waiting.push({ start: () => this.#start(() => work().then(resolve, reject)), drop: () => resolve(dropped) });
      this.startMore();
    });
  }

  /** Drops what waits; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { drop } of this.#waiting.splice(0)) drop();
    await Promise.all(this.#running);
  }

  startMore(): void {
    const { inWork, young, youngInCrowd } = this.#limits;
    while (this.#running.size < inWork && this.#young < (this.#isCrowded() ? youngInCrowd : young)) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.start();
    }
  }

  #start(work: () => Promise<void>): void {
    this.#young += 1;
    let isYoung = true;
    const grow = (): void => {
      if (isYoung) this.#young -= 1;
      isYoung = false;
    };
    const growing = setTimeout(() => {
      grow();
      this.startMore();
    }, this.#limits.youngMs);
    const running = work();
    this.#running.add(running);
    void running.finally(() => {
      clearTimeout(growing);
      grow();
      this.#running.delete(running);
      this.startMore();
    });
  }
}
