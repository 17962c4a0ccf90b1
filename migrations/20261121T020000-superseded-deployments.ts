import { type Kysely, sql } from 'kysely';

/** A waiting deployment that gave way to a newer one remembers which and whose: `{"deployment": id, "by": person}`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE deployments ADD COLUMN superseded_by jsonb`.execute(db);
}
