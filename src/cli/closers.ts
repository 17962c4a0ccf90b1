import type { Logger } from '../ports/logger.ts';

/** What was opened, closed in the opposite order. One that fails does not keep the others open. */
export class Closers {
  readonly #logger: Logger;
  readonly #closers: { name: string; close: () => Promise<void> | void }[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  async closeAll(): Promise<void> {
    for (let next = this.#closers.pop(); next !== undefined; next = this.#closers.pop()) {
      try {
        await next.close();
      } catch (error) {
        this.#logger.warn({ part: next.name, error }, 'did not close cleanly');
      }
    }
  }
}
