import { setImmediate } from 'node:timers/promises';
import { CronerSchedules } from '../../adapters/croner/croner-schedules.ts';
import type { Parts } from '../../src/application/parts.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Fence, LeaseStore } from '../../src/ports/database.ts';
import { StoreUnavailableError } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { aWorkspace } from './builders.ts';

/** A port of which a test gives only the members it expects to be used; any other throws and says which it was. */
export function only<T extends object>(port: string, members: Partial<T> = {}): T {
  const given = members as T;
  return new Proxy(given, {
    get(target, member, receiver) {
      if (!(member in target)) throw new Error(`${port}.${String(member)} is not part of this test`);
      return Reflect.get(target, member, receiver);
    },
  });
}

/** Time that passes only by `advance`. */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Wakes sleepers in the order of their times and lets all that follows from each happen before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await setImmediate();
      const [next] = this.#sleepers.filter((sleeper) => sleeper.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
  }
}

/** Leases by the fake clock, as the database keeps them; `isAway` is a database that cannot be reached. */
export class FakeLeases {
  isAway = false;
  renewals = 0;
  holder: Fence | null;
  expiresAt: number;
  readonly store = only<LeaseStore>('leases', {
    renew: async (fence, ttlMs) => this.#renew(fence, ttlMs),
    isHeld: async (fence) => this.isHeld(fence),
    release: async (fence) => this.#release(fence),
  });
  readonly #clock: Clock;

  constructor(clock: Clock, holder: Fence, ttlMs: number) {
    this.#clock = clock;
    this.holder = holder;
    this.expiresAt = clock.now() + ttlMs;
  }

  #renew(fence: Fence, ttlMs: number): boolean {
    this.#reach();
    if (this.holder?.fence !== fence.fence) return false;
    this.renewals += 1;
    this.expiresAt = this.#clock.now() + ttlMs;
    return true;
  }

  isHeld(fence: Fence): boolean {
    this.#reach();
    return this.holder?.fence === fence.fence && this.#clock.now() < this.expiresAt;
  }

  #release(fence: Fence): void {
    this.#reach();
    if (this.holder?.fence === fence.fence) this.holder = null;
  }

  #reach(): void {
    if (this.isAway) throw new StoreUnavailableError('the database is away');
  }
}

export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT_LOGGER,
};

export const NO_METRICS: Metrics = {
  deploymentFinished: () => undefined,
  stageFinished: () => undefined,
  approvalEnded: () => undefined,
  commandHandled: () => undefined,
  engineWrite: () => undefined,
  leaseLost: () => undefined,
  cardProjected: () => undefined,
};

/** Parts of which nothing may be used but what a test gives. */
export function someParts(members: Partial<Parts> = {}): Parts {
  return {
    database: only('database'),
    orchestrator: only('orchestrator'),
    images: only('images'),
    breakers: { engine: { run: (work) => work(), check: async () => null }, open: () => [] },
    source: only('source'),
    sealer: only('sealer'),
    rateLimits: { take: async () => ({ allowed: true }) },
    oneTimeCodes: only('oneTimeCodes'),
    passkeys: null,
    pagesUrl: () => 'http://127.0.0.1:8080',
    notices: only('notices'),
    queue: only('queue'),
    schedules: new CronerSchedules(),
    clock: new FakeClock(),
    logger: SILENT_LOGGER,
    metrics: NO_METRICS,
    workspace: () => aWorkspace(),
    failpoints: { hit: () => Promise.resolve() },
    holder: 'worker-1',
    leaseTtlMs: 8000,
    ...members,
  };
}
