import { admission, afterFailure, afterSuccess, type BreakerState, CLOSED, type OpenBreaker } from '../domain/breaker.ts';
import type { Breaker, BreakerOptions, Breakers } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Stores } from '../ports/database.ts';
import type { Logger } from '../ports/logger.ts';

export type BreakerParts = { readonly database: Database; readonly clock: Clock; readonly logger: Logger };

/** Longer than any try takes; whoever claimed one and died is followed by another then. */
const TRY_MS = 20_000;
/** Another process tries: how it went is asked again after this long, should its notice be lost. */
const OTHERS_TRY_MS = 1_000;
/** Cards that say what their deployment waits for. */
const TOLD = 200;

/**
 * Breakers that all processes share and that outlive them. Each process counts failures by itself; what is open stands in
 * the database, is read at the start and on notice, and written on transitions only. cockatiel's breaker keeps its half-open
 * try to one process, so the rules are our own (domain/breaker.ts).
 */
export class SharedBreakers implements Breakers {
  readonly #parts: BreakerParts;
  readonly #states = new Map<string, BreakerState>();
  readonly #breakers = new Map<string, Breaker>();
  /** Parts whose own transition is being written: what was read before it is outdated. */
  readonly #writing = new Set<string>();
  #listening: { stop(): Promise<void> } | null = null;

  private constructor(parts: BreakerParts) {
    this.#parts = parts;
  }

  /** Reads what is open, and follows what other processes find out. */
  static async open(parts: BreakerParts): Promise<SharedBreakers> {
    const breakers = new SharedBreakers(parts);
    breakers.#listening = await parts.database.listen('breaker', () => void breakers.#read());
    await breakers.#read();
    return breakers;
  }

  of(part: string, options: BreakerOptions): Breaker {
    const present = this.#breakers.get(part);
    if (present !== undefined) return present;
    const breaker: Breaker = {
      run: (work) => this.#run(part, options, work),
      check: () => this.#check(part, options),
    };
    this.#breakers.set(part, breaker);
    return breaker;
  }

  open(): readonly OpenBreaker[] {
    return [...this.#states.values()].flatMap(({ open }) => open ?? []);
  }

  async close(): Promise<void> {
    await this.#listening?.stop();
  }

  async #run<T>(part: string, options: BreakerOptions, work: () => Promise<T>): Promise<T> {
    if (this.#state(part).open === null) return this.#attempt(part, options, work, false);
    if (options.probe !== undefined) {
      const open = await this.#check(part, options);
      if (open !== null) throw options.refused(open);
      return this.#attempt(part, options, work, false);
    }
    const open = await this.#waitsFor(part);
    if (open !== null) throw options.refused(open);
    return this.#attempt(part, options, work, true);
  }

  async #check(part: string, options: BreakerOptions): Promise<OpenBreaker | null> {
    const { open } = this.#state(part);
    const { probe } = options;
    if (open === null || probe === undefined) return open;
    const waits = await this.#waitsFor(part);
    if (waits !== null) return waits;
    try {
      await this.#attempt(part, options, probe, true);
    } catch (error) {
      if (!options.isFailure(error)) throw error;
    }
    return this.#state(part).open;
  }

  /** Null when the part is closed, or this process may make the try that is due. */
  async #waitsFor(part: string): Promise<OpenBreaker | null> {
    const { clock, database, logger } = this.#parts;
    const state = this.#state(part);
    if (state.open === null || admission(state, clock.now()) === 'no') return state.open;
    // From here on nobody else in this process finds a try due.
    this.#postpone(part, state, TRY_MS);
    try {
      if (await database.stores.breakers.claimTry(part, TRY_MS)) return null;
    } catch (error) {
      logger.warn({ part, error }, 'could not ask who tries; trying');
      return null;
    }
    // Another process tries, or found already that it answers.
    this.#postpone(part, this.#state(part), OTHERS_TRY_MS);
    await this.#read();
    return this.#state(part).open;
  }

  async #attempt<T>(part: string, options: BreakerOptions, work: () => Promise<T>, isTry: boolean): Promise<T> {
    try {
      const result = await work();
      await this.#enter(part, options, afterSuccess(this.#state(part), isTry));
      return result;
    } catch (error) {
      if (options.isFailure(error)) {
        const because = error instanceof Error ? error.message : String(error);
        const failure = { part, because, now: this.#parts.clock.now(), isTry };
        await this.#enter(part, options, afterFailure(this.#state(part), options.rule, failure));
      } else if (isTry) await this.#enter(part, options, afterSuccess(this.#state(part), true));
      throw error;
    }
  }

  /** The new state, and where it opens, opens again or closes, a record and a notice of it. The process goes by it even when that cannot be written. */
  async #enter(part: string, { rule }: BreakerOptions, next: BreakerState): Promise<void> {
    const before = this.#state(part);
    if (next === before) return;
    this.#states.set(part, next);
    if (next.open === before.open) return;
    const { logger, clock } = this.#parts;
    const { open } = next;
    if (open === null) logger.info({ part }, 'it answers again');
    else
      logger.warn({ part, because: open.because, attempt: open.attempt, failures: rule.failures }, 'it does not answer and is left alone');
    this.#writing.add(part);
    try {
      await this.#write(part, async (stores) => {
        if (open === null) await stores.breakers.close(part);
        else await stores.breakers.open(part, { attempt: open.attempt, because: open.because, restMs: open.tryAt - clock.now() });
      });
    } catch (error) {
      logger.warn({ part, error }, 'what is left alone could not be recorded; only this process knows');
    } finally {
      this.#writing.delete(part);
    }
  }

  /** Cards of what waits or runs are told, too: they say what is waited for. */
  async #write(part: string, change: (stores: Stores) => Promise<void>): Promise<void> {
    const { database } = this.#parts;
    await database.transact(async (stores) => {
      await change(stores);
      await database.notify(stores, 'breaker', part);
      for (const { id } of await stores.deployments.list({ states: ['queued', 'running'], limit: TOLD }))
        await database.notify(stores, 'deployment', id);
    });
  }

  async #read(): Promise<void> {
    const { clock, database, logger } = this.#parts;
    try {
      const stored = new Map((await database.stores.breakers.list()).map((each) => [each.part, each]));
      const now = clock.now();
      for (const part of new Set([...this.#states.keys(), ...stored.keys()])) {
        if (this.#writing.has(part)) continue;
        const found = stored.get(part);
        const state = this.#state(part);
        if (found === undefined) {
          if (state.open !== null) this.#states.set(part, CLOSED);
          continue;
        }
        const { attempt, because, openForMs, tryInMs } = found;
        this.#states.set(part, { ...state, open: { part, attempt, because, since: now - openForMs, tryAt: now + tryInMs } });
      }
    } catch (error) {
      logger.warn({ error }, 'could not read what is left alone; going by what is known');
    }
  }

  #postpone(part: string, state: BreakerState, ms: number): void {
    if (state.open !== null) this.#states.set(part, { ...state, open: { ...state.open, tryAt: this.#parts.clock.now() + ms } });
  }

  #state(part: string): BreakerState {
    return this.#states.get(part) ?? CLOSED;
  }
}
