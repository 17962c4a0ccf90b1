import type { Pool } from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limit, RateLimits } from '../../src/ports/rate-limits.ts';
import { asFault } from './connection-errors.ts';

/** Fixed windows, counted in one row each by one statement: any number of processes count together. */
export class PostgresRateLimits implements RateLimits {
  readonly #pool: Pool;
  readonly #limiters = new Map<string, RateLimiterPostgres>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async take(limit: Limit, subject: string): Promise<{ allowed: true } | { allowed: false; retryAfterMs: number }> {
    try {
      await this.#limiterFor(limit).consume(subject);
      return { allowed: true };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { allowed: false, retryAfterMs: error.msBeforeNext };
      throw asFault(error);
    }
  }

  /** The workspace file may change a limit while we run. */
  #limiterFor({ kind, max, windowMs }: Limit): RateLimiterPostgres {
    const name = `${kind}/${max}/${windowMs}`;
    const limiter =
      this.#limiters.get(name) ??
      new RateLimiterPostgres({
        storeClient: this.#pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        keyPrefix: kind,
        points: max,
        duration: windowMs / 1000,
      });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}
