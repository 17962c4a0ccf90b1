/**
 * Counts what one person, app or source does in a window of time, over all processes together. Throws StoreUnavailableError
 * when it cannot count: then nothing is allowed.
 */
export interface RateLimits {
  /** Counts one. `kind` names the limit (`commands`), `subject` whom it is about; `max` a `windowMs` is the most there may be. */
  take(limit: Limit, subject: string): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number }>;
}

export type Limit = { readonly kind: string; readonly max: number; readonly windowMs: number };
