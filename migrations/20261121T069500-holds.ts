import { type Kysely, sql } from 'kysely';

/** A queued deployment whose environment is closed waits beside the queue. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE deployments ADD COLUMN hold jsonb`.execute(db);
  await sql`CREATE INDEX deployments_held ON deployments (requested_at, seq) WHERE state = 'queued' AND hold IS NOT NULL`.execute(db);
}
