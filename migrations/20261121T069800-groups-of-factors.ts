import { type Kysely, sql } from 'kysely';

/** In which groups somebody set up a second factor, and when somebody asked for factors to be taken away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE factors ADD COLUMN groups jsonb NOT NULL DEFAULT '[]'`.execute(db);
  await sql`ALTER TABLE factor_resets ADD COLUMN asked_at bigint`.execute(db);
  // They last for an hour.
  await sql`UPDATE factor_resets SET asked_at = expires_at - 3600000`.execute(db);
  await sql`ALTER TABLE factor_resets ALTER COLUMN asked_at SET NOT NULL`.execute(db);
}
