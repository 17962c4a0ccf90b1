import { type Kysely, sql } from 'kysely';

/** What a source host said about two commits; it never changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE source_commits (
      repository  text COLLATE "C" NOT NULL,
      from_commit text COLLATE "C" NOT NULL,
      to_commit   text COLLATE "C" NOT NULL,
      between_them jsonb NOT NULL,
      PRIMARY KEY (repository, from_commit, to_commit)
    )`.execute(db);
}
