import { type Kysely, sql } from 'kysely';

/** Locks that grow, pages that their person confirms by a number, factors that wait until somebody vouches, and tokens that wait for a factor. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  'ALTER TABLE factor_tries ADD COLUMN locks integer NOT NULL DEFAULT 0',

  'ALTER TABLE factor_links ADD COLUMN confirmed_at bigint, ADD COLUMN wrong_tries integer NOT NULL DEFAULT 0',

  'ALTER TABLE factors ADD COLUMN vouch_until bigint',

  `CREATE TABLE token_wishes (
     id         text COLLATE "C" PRIMARY KEY,
     person_id  text COLLATE "C" NOT NULL,
     wish       jsonb NOT NULL,
     expires_at bigint NOT NULL,
     proven_at  bigint,
     used_at    bigint
   )`,
  'CREATE INDEX token_wishes_end ON token_wishes (expires_at)',
] as const;
