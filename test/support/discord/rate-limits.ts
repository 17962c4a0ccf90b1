import { createHash } from 'node:crypto';

/**
 * Buckets as https://docs.discord.com/developers/topics/rate-limits describes them: so many requests in a window per route and
 * channel, told in headers; beyond, status 429. The numbers are the usual ones and not promised by the documentation.
 */
export type Limits = { readonly perRoute: number; readonly windowMs: number; readonly globalPerSecond: number };
export const USUAL_LIMITS: Limits = { perRoute: 5, windowMs: 5000, globalPerSecond: 50 };

export type Verdict = {
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds to wait when the request is refused; null when it may pass. */
  readonly refusedFor: number | null;
  readonly isGlobal: boolean;
};

export function createRateLimits(limits: Limits) {
  const buckets = new Map<string, { used: number; resetAt: number }>();
  let second = { startedAt: 0, used: 0 };
  return {
    /** `route` without ids; `major` is the channel or webhook that is counted apart. */
    check(route: string, major: string, countsGlobally: boolean): Verdict {
      const now = Date.now();
      if (countsGlobally) {
        if (now - second.startedAt >= 1000) second = { startedAt: now, used: 0 };
        second.used += 1;
        if (second.used > limits.globalPerSecond) {
          const wait = (second.startedAt + 1000 - now) / 1000;
          return { headers: { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }, refusedFor: wait, isGlobal: true };
        }
      }
      const key = `${route}:${major}`;
      const known = buckets.get(key);
      const bucket = known === undefined || known.resetAt <= now ? { used: 0, resetAt: now + limits.windowMs } : known;
      buckets.set(key, bucket);
      const isRefused = bucket.used >= limits.perRoute;
      if (!isRefused) bucket.used += 1;
      const resetAfter = (bucket.resetAt - now) / 1000;
      const headers = {
        'x-ratelimit-limit': String(limits.perRoute),
        'x-ratelimit-remaining': String(limits.perRoute - bucket.used),
        'x-ratelimit-reset': (bucket.resetAt / 1000).toFixed(3),
        'x-ratelimit-reset-after': resetAfter.toFixed(3),
        'x-ratelimit-bucket': createHash('md5').update(route).digest('hex'),
      };
      return isRefused
        ? { headers: { ...headers, 'x-ratelimit-scope': 'user' }, refusedFor: resetAfter, isGlobal: false }
        : { headers, refusedFor: null, isGlobal: false };
    },
  };
}
