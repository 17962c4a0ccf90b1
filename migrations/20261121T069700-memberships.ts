import { type Kysely, sql } from 'kysely';

/** What chat platforms said about the groups that an account is in, and about who is in a group. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE memberships (
      platform text COLLATE "C" NOT NULL,
      account  text COLLATE "C" NOT NULL,
      groups   jsonb NOT NULL,
      read_at  bigint NOT NULL,
      PRIMARY KEY (platform, account)
    )`.execute(db);
  await sql`
    CREATE TABLE group_members (
      group_name text COLLATE "C" PRIMARY KEY,
      people     jsonb NOT NULL,
      read_at    bigint NOT NULL
    )`.execute(db);
}
