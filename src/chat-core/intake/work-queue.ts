/** Runs work, so many at a time; the others wait in order, so many of them. */
export class WorkQueue {
  readonly #inWork: number;
  readonly #limit: number;
  readonly #waiting: { start: () => void; drop: () => void }[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(inWork: number, waiting: number) {
    this.#inWork = inWork;
    this.#limit = inWork + waiting;
  }

  get room(): number {
    return this.#isClosed ? 0 : Math.max(0, this.#limit - this.#running.size - this.#waiting.length);
  }

  /** What the work returns; `dropped` when the queue was closed before its turn. */
  run<T>(work: () => Promise<T>, dropped: T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = (): void => {
        const running = work().then(resolve, reject);
        this.#running.add(running);
        void running.finally(() => {
          this.#running.delete(running);
          this.#waiting.shift()?.start();
        });
      };
      if (this.#isClosed) resolve(dropped);
      else if (this.#running.size < this.#inWork) start();
      else this.#waiting.push({ start, drop: () => resolve(dropped) });
    });
  }

  /** Drops what waits; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { drop } of this.#waiting.splice(0)) drop();
    await Promise.all(this.#running);
  }
}
