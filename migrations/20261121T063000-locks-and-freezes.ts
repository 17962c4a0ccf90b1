import { type Kysely, sql } from 'kysely';

/** Who keeps others from deploying, what people froze in the chat, and who waits for an environment to open. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE deploy_locks (
     id          text COLLATE "C" PRIMARY KEY,
     app         text COLLATE "C",
     environment text COLLATE "C",
     holder      jsonb NOT NULL,
     reason      text,
     since       bigint NOT NULL,
     expires_at  bigint,
     reminded_at bigint,
     ended_at    bigint,
     ended_how   text CHECK (ended_how IN ('released', 'stolen', 'expired')),
     ended_by    text,
     CHECK ((ended_at IS NULL) = (ended_how IS NULL))
   )`,
  // Two people who lock the same at once: one holds it. No app and no environment mean all of them, and are a scope like any other.
  'CREATE UNIQUE INDEX deploy_locks_one_per_scope ON deploy_locks (app, environment) NULLS NOT DISTINCT WHERE ended_at IS NULL',
  'CREATE INDEX deploy_locks_expiry ON deploy_locks (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL',

  `CREATE TABLE freezes (
     id          text COLLATE "C" PRIMARY KEY,
     app         text COLLATE "C",
     environment text COLLATE "C",
     schedule    jsonb NOT NULL,
     reason      text NOT NULL,
     created_by  jsonb NOT NULL,
     created_at  bigint NOT NULL,
     over_at     bigint,
     ended_at    bigint,
     ended_by    text
   )`,
  'CREATE INDEX freezes_standing ON freezes (created_at) WHERE ended_at IS NULL',

  `CREATE TABLE opening_watchers (
     app         text COLLATE "C" NOT NULL,
     environment text COLLATE "C" NOT NULL,
     person_id   text COLLATE "C" NOT NULL,
     since       bigint NOT NULL,
     PRIMARY KEY (app, environment, person_id)
   )`,
] as const;
