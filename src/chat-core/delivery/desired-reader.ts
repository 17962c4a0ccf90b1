import type { DeliveryStore } from '../../ports/delivery-store.ts';
import type { OpenMessages } from './open-messages.ts';

/** Changes read at a time. */
const BATCH = 500;

/** Takes what should stand on a platform from the database into memory: first what is pending, then every change, in their order. */
export class DesiredReader {
  readonly #store: DeliveryStore;
  readonly #platform: string;
  readonly #messages: OpenMessages;
  /** Messages in memory at a time; the others wait in the database. */
  readonly #limit: number;
  #position: number;
  /** More is pending in the database than is in memory. */
  #hasMore = true;

  constructor(store: DeliveryStore, platform: string, messages: OpenMessages, limit: number, position: number) {
    this.#store = store;
    this.#platform = platform;
    this.#messages = messages;
    this.#limit = limit;
    this.#position = position;
  }

  /** Every change up to here was read. */
  get position(): number {
    return this.#position;
  }

  /** Something became pending in the database that is not in memory. */
  missed(): void {
    this.#hasMore = true;
  }

  async read(): Promise<void> {
    if (this.#hasMore && this.#messages.size < this.#limit / 2) {
      const pending = await this.#store.pending(this.#platform, this.#messages.ids, this.#limit);
      this.#hasMore = pending.length === this.#limit;
      for (const desired of pending) this.#messages.take(desired);
    }
    for (let isMore = true; isMore && this.#messages.size < this.#limit; ) {
      const changes = await this.#store.changedSince(this.#platform, this.#position, BATCH);
      for (const desired of changes) this.#messages.take(desired);
      this.#position = changes.at(-1)?.message.position ?? this.#position;
      isMore = changes.length === BATCH;
    }
  }
}
