import { type Kysely, sql } from 'kysely';

/** Second factors, recovery codes, how people's tries went, the pages they were given the address of, and resets that wait for a second admin. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE factor_tries (
     person_id    text COLLATE "C" PRIMARY KEY,
     failures     integer NOT NULL,
     locked_until bigint
   )`,

  `CREATE TABLE factors (
     id            uuid PRIMARY KEY,
     person_id     text COLLATE "C" NOT NULL,
     kind          text NOT NULL,
     name          text NOT NULL,
     sealed        bytea,
     last_step     bigint,
     credential_id text COLLATE "C" UNIQUE,
     public_key    bytea,
     counter       bigint,
     transports    jsonb,
     created_at    bigint NOT NULL,
     last_used_at  bigint,
     CONSTRAINT factors_totp CHECK (kind <> 'totp' OR (sealed IS NOT NULL AND last_step IS NOT NULL)),
     CONSTRAINT factors_passkey CHECK (
       kind <> 'passkey' OR (credential_id IS NOT NULL AND public_key IS NOT NULL AND counter IS NOT NULL AND transports IS NOT NULL)
     ),
     CONSTRAINT factors_kind CHECK (kind IN ('totp', 'passkey'))
   )`,
  'CREATE INDEX factors_person ON factors (person_id)',

  `CREATE TABLE recovery_codes (
     person_id text COLLATE "C" NOT NULL,
     hash      text COLLATE "C" NOT NULL,
     used_at   bigint,
     PRIMARY KEY (person_id, hash)
   )`,

  `CREATE TABLE factor_links (
     id          uuid PRIMARY KEY,
     token_hash  text COLLATE "C" NOT NULL UNIQUE,
     person_id   text COLLATE "C" NOT NULL,
     person_name text NOT NULL,
     platform    text COLLATE "C" NOT NULL,
     about       jsonb NOT NULL,
     nonce       text NOT NULL,
     bound_to    text COLLATE "C",
     pending     bytea,
     expires_at  bigint NOT NULL,
     used_at     bigint
   )`,
  'CREATE INDEX factor_links_person ON factor_links (person_id)',
  'CREATE INDEX factor_links_end ON factor_links (expires_at)',

  `CREATE TABLE factor_resets (
     id         text COLLATE "C" PRIMARY KEY,
     person_id  text COLLATE "C" NOT NULL,
     asked_by   jsonb NOT NULL,
     expires_at bigint NOT NULL,
     done_at    bigint
   )`,
] as const;
