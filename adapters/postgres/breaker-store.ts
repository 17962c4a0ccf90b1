import { type Kysely, sql } from 'kysely';
import type { BreakerRest, BreakerStore, StoredBreaker } from '../../src/ports/breaker-store.ts';
import type { Tables } from './schema.ts';

/** A row while a breaker is open. All times are by the database's clock. */
export class PostgresBreakerStore implements BreakerStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async open(part: string, { attempt, restMs, because }: BreakerRest): Promise<void> {
    await sql`
      INSERT INTO breakers AS breaker (part, attempt, because, since, try_at)
      VALUES (${part}, ${attempt}::integer, ${because}, clock_timestamp(), clock_timestamp() + ${restMs} * interval '1 millisecond')
      ON CONFLICT (part) DO UPDATE SET attempt = excluded.attempt, because = excluded.because, try_at = excluded.try_at
      WHERE breaker.attempt < excluded.attempt OR breaker.try_at <= clock_timestamp()`.execute(this.#db);
  }

  async close(part: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('breakers').where('part', '=', part).executeTakeFirst();
    return result.numDeletedRows === 1n;
  }

  async claimTry(part: string, tryMs: number): Promise<boolean> {
    // Of two at once the second waits for the first's row and then finds the try taken.
    const result = await sql`
      UPDATE breakers SET try_at = clock_timestamp() + ${tryMs} * interval '1 millisecond'
      WHERE part = ${part} AND try_at <= clock_timestamp()`.execute(this.#db);
    return result.numAffectedRows === 1n;
  }

  async list(): Promise<readonly StoredBreaker[]> {
    const { rows } = await sql<StoredBreaker>`
      SELECT part, attempt, because,
        (extract(epoch FROM clock_timestamp() - since) * 1000)::float8 AS "openForMs",
        (extract(epoch FROM try_at - clock_timestamp()) * 1000)::float8 AS "tryInMs"
      FROM breakers ORDER BY part`.execute(this.#db);
    return rows;
  }
}
