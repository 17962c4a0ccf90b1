import { type Kysely, sql } from 'kysely';

/** What a chat platform said about the groups that an account is in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE memberships (
      platform text COLLATE "C" NOT NULL,
      account  text COLLATE "C" NOT NULL,
      groups   jsonb NOT NULL,
      read_at  bigint NOT NULL,
      PRIMARY KEY (platform, account)
    )`.execute(db);
}
