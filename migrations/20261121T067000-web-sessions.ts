import { type Kysely, sql } from 'kysely';

/** Who is signed in at the browser chat, by the hash of the token in the browser's cookie. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE web_sessions (
      id           text COLLATE "C" PRIMARY KEY,
      token_hash   text COLLATE "C" NOT NULL UNIQUE,
      person_id    text COLLATE "C" NOT NULL,
      created_at   bigint NOT NULL,
      last_seen_at bigint NOT NULL,
      ends_at      bigint NOT NULL,
      browser      text NOT NULL,
      CHECK (token_hash ~ '^[0-9a-f]{64}$')
    )`.execute(db);
  await sql`CREATE INDEX web_sessions_by_person ON web_sessions (person_id)`.execute(db);
}
