import { type Kysely, sql } from 'kysely';

/** Every content of the configuration that was in force, sealed. Like the audit trail it only grows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE configuration_versions (
      number integer PRIMARY KEY,
      at     bigint NOT NULL,
      source text NOT NULL CHECK (source IN ('start', 'reload', 'restore')),
      sha    text COLLATE "C" NOT NULL,
      sealed bytea NOT NULL
    )`.execute(db);
}
