import { type Kysely, sql } from 'kysely';

/** Secrets of apps in versions that only grow, and values that wait for their writer's confirmation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE secrets (
     id          text COLLATE "C" PRIMARY KEY,
     app         text COLLATE "C" NOT NULL,
     environment text COLLATE "C" NOT NULL,
     name        text COLLATE "C" NOT NULL,
     version     integer NOT NULL CHECK (version > 0),
     kind        text NOT NULL CHECK (kind IN ('set', 'removed')),
     sealed      bytea,
     set_by      jsonb NOT NULL,
     set_at      bigint NOT NULL,
     UNIQUE (app, environment, name, version),
     CHECK (kind = 'set' OR sealed IS NULL)
   )`,

  `CREATE TABLE parked_secrets (
     id          text COLLATE "C" PRIMARY KEY,
     app         text COLLATE "C" NOT NULL,
     environment text COLLATE "C" NOT NULL,
     name        text COLLATE "C" NOT NULL,
     person_id   text COLLATE "C" NOT NULL,
     sealed      bytea NOT NULL,
     expires_at  bigint NOT NULL
   )`,
  'CREATE INDEX parked_secrets_expiry ON parked_secrets (expires_at)',

  // A version is history: only its sealed bytes may change, to be sealed anew under another key or to be forgotten.
  `CREATE FUNCTION refuse_secret_change() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP = 'UPDATE' AND (OLD.id, OLD.app, OLD.environment, OLD.name, OLD.version, OLD.kind, OLD.set_by, OLD.set_at)
                             = (NEW.id, NEW.app, NEW.environment, NEW.name, NEW.version, NEW.kind, NEW.set_by, NEW.set_at) THEN
         RETURN NEW;
       END IF;
       RAISE EXCEPTION 'versions of secrets are never changed';
     END $$`,
  `CREATE TRIGGER secrets_never_change BEFORE UPDATE OR DELETE ON secrets
     FOR EACH ROW EXECUTE FUNCTION refuse_secret_change()`,
] as const;
