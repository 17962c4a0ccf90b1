import { type Kysely, sql } from 'kysely';

/** What does not answer and is left alone: a row while its breaker is open. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE breakers (
         part    text COLLATE "C" PRIMARY KEY,
         attempt integer NOT NULL,
         because text NOT NULL,
         since   timestamptz NOT NULL,
         try_at  timestamptz NOT NULL
       )`,
    )
    .execute(db);
}
