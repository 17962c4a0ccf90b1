import { type Kysely, sql } from 'kysely';

/** API tokens of machines, by the hash of the token. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE api_tokens (
      id           text COLLATE "C" PRIMARY KEY,
      hash         text COLLATE "C" NOT NULL UNIQUE,
      name         text NOT NULL,
      maker        jsonb NOT NULL,
      scope        jsonb NOT NULL,
      created_at   bigint NOT NULL,
      expires_at   bigint NOT NULL,
      revoked_at   bigint,
      revoked_by   jsonb,
      last_used_at bigint,
      CHECK (hash ~ '^[0-9a-f]{64}$'),
      CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
    )`.execute(db);
}
