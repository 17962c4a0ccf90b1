import type { BreakerRule, OpenBreaker } from '../domain/breaker.ts';
import type { Fault } from './faults.ts';

/** Keeps calls away from one part that does not answer. The normal case costs nothing: no query, no wait. */
export interface Breaker {
  /** Runs `work` and counts how it ends; throws `refused` of its options at once, without running it, while the part is left alone. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Null when calls go through. Makes the try that is due, where the part can be probed. */
  check(): Promise<OpenBreaker | null>;
}

export interface Breakers {
  /** The same one for the same part. */
  of(part: string, options: BreakerOptions): Breaker;
  /** What is left alone now, as far as this process knows. */
  open(): readonly OpenBreaker[];
}

export type BreakerOptions = {
  readonly rule: BreakerRule;
  /** Does this error mean that the part did not answer? Others do not count. */
  isFailure(error: unknown): boolean;
  refused(open: OpenBreaker): Fault;
  /** A question that is quick and changes nothing. Without one the next call is the try. */
  readonly probe?: () => Promise<unknown>;
};
