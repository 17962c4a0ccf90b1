import { type Kysely, sql } from 'kysely';

/** Where a promotion took its images from: asked for again, it takes the same ones. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE deployments ADD COLUMN promoted_from text`.execute(db);
}
