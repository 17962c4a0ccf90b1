import type { Clock } from '../../src/ports/clock.ts';

/** What `work` comes to, or null when it takes longer than `ms`; it goes on then, and a failure of it is nobody's any more. */
export async function within<Result>(clock: Clock, ms: number, work: Promise<Result>): Promise<Result | null> {
  if (ms <= 0) {
    work.catch(() => undefined);
    return null;
  }
  const stop = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, stop.signal).then(() => null)]);
  } finally {
    stop.abort();
    work.catch(() => undefined);
  }
}
