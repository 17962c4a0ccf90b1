import type { Fence } from '../ports/database.ts';
import { FenceLostError } from '../ports/faults.ts';
import type { Parts } from './parts.ts';

export const DEFAULT_LEASE_TTL_MS = 8000;
/** Renewed this many times within its life, so that one lost renewal costs nothing. */
const RENEWALS_PER_LIFE = 4;

/** Holds a lease by renewing it; `signal` aborts as soon as it is known to be lost. */
export class HeldLease {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  readonly #parts: Parts;
  readonly #stop = new AbortController();
  readonly #lost = new AbortController();
  readonly #renewing: Promise<void>;
  #handedOver = false;

  constructor(parts: Parts, fence: Fence) {
    this.#parts = parts;
    this.fence = fence;
    this.signal = this.#lost.signal;
    this.#renewing = this.#renew();
  }

  /** Right before a write to the engine: asks the database, not our memory of it. */
  async check(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.lose();
    const { leases } = this.#parts.database.stores;
    // One that expired while the database or this process stood still, and that nobody took over, is still ours to renew.
    if (!(await leases.isHeld(this.fence)) && !(await leases.renew(this.fence, this.#parts.leaseTtlMs))) throw this.lose();
  }

  lose(): FenceLostError {
    if (!this.#lost.signal.aborted) {
      this.#parts.metrics.leaseLost();
      this.#lost.abort();
    }
    return new FenceLostError(`another worker took over ${this.fence.stack}`);
  }

  /** This process ends: the run stops as if the lease were lost, and {@link release} gives it to whoever comes next. */
  handOver(): void {
    this.#handedOver ||= !this.#lost.signal.aborted;
    this.#lost.abort();
  }

  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    if (!this.signal.aborted || this.#handedOver) await this.#parts.database.stores.leases.release(this.fence);
  }

  async #renew(): Promise<void> {
    const { clock, database, logger, leaseTtlMs } = this.#parts;
    while (!this.#stop.signal.aborted && !this.#lost.signal.aborted) {
      await clock.sleep(leaseTtlMs / RENEWALS_PER_LIFE, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        if (!(await database.stores.leases.renew(this.fence, this.#parts.leaseTtlMs))) this.lose();
      } catch (error) {
        // The database is away. Whether the lease is lost shows when it is back; until then `check` lets no write through.
        logger.warn({ stack: this.fence.stack, error }, 'could not renew the lease');
      }
    }
  }
}
