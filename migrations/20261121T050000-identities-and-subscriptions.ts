import { type Kysely, sql } from 'kysely';

/** Accounts that people proved to be theirs, the codes they prove it with, the channels that follow apps, and what people do in a window of time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE identities (
     platform  text COLLATE "C" NOT NULL,
     account   text COLLATE "C" NOT NULL,
     name      text NOT NULL,
     person_id text COLLATE "C" NOT NULL,
     linked_at bigint NOT NULL,
     PRIMARY KEY (platform, account)
   )`,
  'CREATE INDEX identities_person ON identities (person_id)',

  `CREATE TABLE link_codes (
     hash         text COLLATE "C" PRIMARY KEY,
     platform     text COLLATE "C" NOT NULL,
     account      text COLLATE "C" NOT NULL,
     account_name text NOT NULL,
     person_id    text COLLATE "C" NOT NULL,
     expires_at   bigint NOT NULL
   )`,
  'CREATE INDEX link_codes_account ON link_codes (platform, account)',

  `CREATE TABLE subscriptions (
     id            uuid PRIMARY KEY,
     platform      text COLLATE "C" NOT NULL,
     channel       text COLLATE "C" NOT NULL,
     app           text COLLATE "C" NOT NULL,
     environment   text COLLATE "C",
     about         jsonb NOT NULL,
     created_by    jsonb NOT NULL,
     created_at    bigint NOT NULL,
     muted_at      bigint,
     muted_because text,
     CONSTRAINT subscriptions_one_per_channel UNIQUE NULLS NOT DISTINCT (platform, channel, app, environment)
   )`,
  'CREATE INDEX subscriptions_app ON subscriptions (app) WHERE muted_at IS NULL',

  // As rate-limiter-flexible wants it; what it counts may be lost with a crash of the server, and is.
  `CREATE UNLOGGED TABLE rate_limits (
     key    varchar(255) COLLATE "C" PRIMARY KEY,
     points integer NOT NULL DEFAULT 0,
     expire bigint
   )`,

  // Which of our messages was clicked?
  'CREATE INDEX deliveries_remote ON deliveries (platform, remote_id) WHERE remote_id IS NOT NULL',

  // Where does the card of this deployment stand already?
  'CREATE INDEX messages_key ON messages (key) WHERE key IS NOT NULL',
] as const;
