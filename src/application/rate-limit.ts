import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Limit, RateLimits } from '../ports/rate-limits.ts';

/** Null when it was counted and is within the limit; otherwise what to tell the person. */
export async function overLimit(limits: RateLimits, limit: Limit, subject: string, what: string): Promise<Refusal | null> {
  const taken = await limits.take(limit, subject);
  return taken.allowed ? null : tooMuch(what, taken.retryAfterMs);
}

/** `what` is the most there may be, in words. */
export function tooMuch(what: string, retryAfterMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const when = seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return refusal('rate_limited', `That was too much: ${what}.`, `Try again in ${when}.`);
}
