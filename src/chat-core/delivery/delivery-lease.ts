import type { Clock } from '../../ports/clock.ts';
import type { Database, Fence } from '../../ports/database.ts';
import type { Logger } from '../../ports/logger.ts';

/** Renewed this many times within its life, so that one lost renewal costs nothing. */
const RENEWALS_PER_LIFE = 4;

export type LeaseParts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leaseMs: number;
};

/** The right to deliver to one platform: one process at a time has it, in the same table as the right to write to an environment. */
export class DeliveryLease {
  readonly fence: Fence;
  readonly #parts: LeaseParts;
  readonly #ended = new AbortController();
  readonly #renewing: Promise<void>;
  /** By our own clock, from before the request that got it: the database counts from later. */
  #goodUntil: number;

  private constructor(parts: LeaseParts, fence: Fence, goodUntil: number) {
    this.#parts = parts;
    this.fence = fence;
    this.#goodUntil = goodUntil;
    this.#renewing = this.#renew();
  }

  static async take(parts: LeaseParts, platform: string, holder: string): Promise<DeliveryLease | null> {
    const askedAt = parts.clock.now();
    const fence = await parts.database.stores.leases.acquire(`delivery:${platform}`, 'delivery', holder, parts.leaseMs);
    return fence === null ? null : new DeliveryLease(parts, fence, askedAt + parts.leaseMs);
  }

  /** Aborts when another process has it, or may have. */
  get lost(): AbortSignal {
    return this.#ended.signal;
  }

  /** Nobody else can have it now. */
  isGood(): boolean {
    return !this.#ended.signal.aborted && this.#parts.clock.now() < this.#goodUntil;
  }

  lose(): void {
    this.#ended.abort();
  }

  async release(): Promise<void> {
    const { database, logger } = this.#parts;
    this.#ended.abort();
    await this.#renewing;
    try {
      await database.stores.leases.release(this.fence);
    } catch (error) {
      logger.warn({ error, lease: this.fence.stack }, 'could not release the lease; it runs out by itself');
    }
  }

  async #renew(): Promise<void> {
    const { clock, database, logger, leaseMs } = this.#parts;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await clock.sleep(leaseMs / RENEWALS_PER_LIFE, signal);
      if (signal.aborted) return;
      const askedAt = clock.now();
      try {
        if (await database.stores.leases.renew(this.fence, leaseMs)) this.#goodUntil = askedAt + leaseMs;
        else this.#ended.abort();
      } catch (error) {
        // The database is away: nothing is sent once the lease may have run out, and whether it is lost shows afterwards.
        logger.warn({ error, lease: this.fence.stack }, 'could not renew the lease');
      }
    }
  }
}
