/**
 * What is left alone because it does not answer, for every process and over restarts. There is a row while a breaker is
 * open and none while it is closed. All times are by the store's own clock and come back as lengths: clocks of machines differ.
 */
export interface BreakerStore {
  /**
   * Leaves the part alone for `restMs`. When it is left alone already, by an attempt as late as this one, that stays as it is.
   * `openForMs` counts from the first attempt.
   */
  open(part: string, rest: BreakerRest): Promise<void>;
  /** False when it was closed already. */
  close(part: string): Promise<boolean>;
  /** True for one of all who ask after the rest is over. The others are told so again after `tryMs`: whoever tries may die. */
  claimTry(part: string, tryMs: number): Promise<boolean>;
  list(): Promise<readonly StoredBreaker[]>;
}

export type BreakerRest = { readonly attempt: number; readonly restMs: number; readonly because: string };

export type StoredBreaker = {
  readonly part: string;
  readonly attempt: number;
  readonly because: string;
  readonly openForMs: number;
  /** Negative when a try is due. */
  readonly tryInMs: number;
};
