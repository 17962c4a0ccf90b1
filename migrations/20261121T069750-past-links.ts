import { type Kysely, sql } from 'kysely';

/** Accounts that spoke for a person and do not any more: they never count as somebody else beside them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE past_links (
      platform  text COLLATE "C" NOT NULL,
      account   text COLLATE "C" NOT NULL,
      person_id text COLLATE "C" NOT NULL,
      PRIMARY KEY (platform, account, person_id)
    )`.execute(db);
  await sql`CREATE INDEX past_links_person ON past_links (person_id)`.execute(db);
}
