import { type Kysely, sql } from 'kysely';

/**
 * The first tables. Times that come from the application are epoch milliseconds (bigint); only leases use the database's
 * own clock. Documents (plan, specification, message content) are jsonb. Names and ids are compared bytewise (`COLLATE "C"`),
 * so that prefixes can use an index and orders do not depend on the machine's locale.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE releases (
    id            text COLLATE "C" PRIMARY KEY,
    app           text COLLATE "C" NOT NULL,
    environment   text COLLATE "C" NOT NULL,
    version       text COLLATE "C" NOT NULL,
    spec          jsonb NOT NULL,
    spec_hash     text COLLATE "C" NOT NULL,
    source_commit text,
    created_at    bigint NOT NULL
  )`,
  'CREATE INDEX releases_by_hash ON releases (app, environment, spec_hash, created_at DESC)',
  'CREATE INDEX releases_by_app ON releases (app, created_at DESC)',

  `CREATE TABLE release_contents (
    fingerprint text COLLATE "C" PRIMARY KEY,
    sealed      bytea NOT NULL
  )`,

  // A release and its deployment come in one transaction, in either order: hence deferred.
  `CREATE TABLE deployments (
    id                  text COLLATE "C" PRIMARY KEY,
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    kind                text NOT NULL CHECK (kind IN ('deploy', 'rollback')),
    app                 text COLLATE "C" NOT NULL,
    environment         text COLLATE "C" NOT NULL,
    stack               text COLLATE "C" NOT NULL,
    release_id          text COLLATE "C" NOT NULL REFERENCES releases (id) DEFERRABLE INITIALLY DEFERRED,
    version             text NOT NULL,
    previous_version    text,
    requester           jsonb NOT NULL,
    reason              text,
    state               text COLLATE "C" NOT NULL CHECK (state IN ('requested', 'awaiting_approval', 'queued', 'running', 'succeeded',
                          'failed', 'errored', 'rolled_back', 'cancelled', 'rejected', 'expired')),
    stage               text CHECK (stage IN ('prepare', 'stage', 'validate', 'promote', 'verify', 'clean_up')),
    direction           text NOT NULL CHECK (direction IN ('forward', 'back')),
    failure             jsonb,
    cancel_requested_by jsonb,
    plan                jsonb NOT NULL,
    plan_hash           text NOT NULL,
    origin              jsonb,
    delivery_platform   text COLLATE "C",
    delivery_id         text COLLATE "C",
    requested_at        bigint NOT NULL,
    started_at          bigint,
    finished_at         bigint,
    revision            integer NOT NULL,
    UNIQUE (delivery_platform, delivery_id)
  )`,
  // The design's second rule, held by the database itself.
  `CREATE UNIQUE INDEX deployments_one_running ON deployments (stack) WHERE state = 'running'`,
  `CREATE INDEX deployments_open ON deployments (stack, requested_at, seq)
     WHERE state IN ('requested', 'awaiting_approval', 'queued', 'running')`,
  'CREATE INDEX deployments_by_time ON deployments (requested_at DESC, seq DESC)',
  'CREATE INDEX deployments_by_stack ON deployments (stack, requested_at DESC, seq DESC)',
  'CREATE INDEX deployments_by_app ON deployments (app, requested_at DESC, seq DESC)',
  'CREATE INDEX deployments_by_environment ON deployments (environment, requested_at DESC, seq DESC)',
  'CREATE INDEX deployments_by_state ON deployments (state, requested_at DESC, seq DESC)',
  // What statistics read, so that they need not fetch the rows.
  'CREATE INDEX deployments_finished ON deployments (finished_at) INCLUDE (state, started_at) WHERE finished_at IS NOT NULL',
  'CREATE INDEX deployments_finished_by_stack ON deployments (stack, finished_at) INCLUDE (state, started_at) WHERE finished_at IS NOT NULL',
  'CREATE INDEX deployments_by_release ON deployments (release_id)',

  // Beside the deployment, because they change often and its row is wide.
  `CREATE TABLE deployment_previous (
    deployment_id text COLLATE "C" NOT NULL REFERENCES deployments (id),
    service       text COLLATE "C" NOT NULL,
    previous      jsonb,
    PRIMARY KEY (deployment_id, service)
  )`,
  `CREATE TABLE deployment_progress (
    deployment_id text COLLATE "C" PRIMARY KEY REFERENCES deployments (id),
    progress      jsonb NOT NULL
  )`,
  `CREATE TABLE deployment_stages (
    deployment_id text COLLATE "C" NOT NULL REFERENCES deployments (id),
    stage         text NOT NULL CHECK (stage IN ('prepare', 'stage', 'validate', 'promote', 'verify', 'clean_up')),
    attempt       integer NOT NULL,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    state         text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'skipped')),
    started_at    bigint NOT NULL,
    finished_at   bigint,
    lines         jsonb NOT NULL,
    PRIMARY KEY (deployment_id, stage, attempt)
  )`,

  `CREATE TABLE revisions (
    stack         text COLLATE "C" NOT NULL,
    number        integer NOT NULL,
    release_id    text COLLATE "C" NOT NULL REFERENCES releases (id) DEFERRABLE INITIALLY DEFERRED,
    version       text NOT NULL,
    deployment_id text COLLATE "C" NOT NULL UNIQUE REFERENCES deployments (id) DEFERRABLE INITIALLY DEFERRED,
    active_from   bigint NOT NULL,
    active_to     bigint,
    PRIMARY KEY (stack, number)
  )`,
  'CREATE UNIQUE INDEX revisions_one_active ON revisions (stack) WHERE active_to IS NULL',

  // One row per stack for ever: the fence must never start again.
  `CREATE TABLE leases (
    stack         text COLLATE "C" PRIMARY KEY,
    fence         bigint NOT NULL,
    deployment_id text COLLATE "C",
    holder        text,
    expires_at    timestamptz NOT NULL,
    CHECK ((deployment_id IS NULL) = (holder IS NULL))
  )`,

  // The two hash columns wait for the tamper-evident chain; until then they are null.
  `CREATE TABLE audit (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            bigint NOT NULL,
    actor         text COLLATE "C" NOT NULL,
    action        text COLLATE "C" NOT NULL,
    subject       text COLLATE "C" NOT NULL,
    source        text NOT NULL,
    result        text NOT NULL CHECK (result IN ('done', 'refused', 'failed')),
    details       jsonb NOT NULL,
    previous_hash bytea,
    hash          bytea
  )`,
  'CREATE INDEX audit_by_subject ON audit (subject, id DESC)',
  'CREATE INDEX audit_by_actor ON audit (actor, id DESC)',
  `CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
   END $$`,
  `CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,

  `CREATE TABLE inbox (
    platform    text COLLATE "C" NOT NULL,
    delivery_id text COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    PRIMARY KEY (platform, delivery_id)
  )`,
  'CREATE INDEX inbox_by_time ON inbox (at)',

  `CREATE TABLE messages (
    id          text COLLATE "C" PRIMARY KEY,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    platform    text COLLATE "C" NOT NULL,
    channel     text COLLATE "C" NOT NULL,
    thread_root text COLLATE "C" REFERENCES messages (id),
    key         text COLLATE "C",
    author      jsonb NOT NULL,
    private_to  text COLLATE "C",
    content     jsonb NOT NULL,
    replies     integer NOT NULL DEFAULT 0,
    position    bigint NOT NULL UNIQUE,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL
  )`,
  'CREATE UNIQUE INDEX messages_by_key ON messages (platform, channel, key) WHERE key IS NOT NULL',
  'CREATE INDEX messages_by_channel ON messages (platform, channel, seq DESC) WHERE thread_root IS NULL',
  'CREATE INDEX messages_by_thread ON messages (thread_root, seq) WHERE thread_root IS NOT NULL',
  'CREATE INDEX messages_by_position ON messages (platform, position)',

  // A reader who has seen position N asks for what is above N. A sequence alone hands out numbers in another order than
  // transactions commit, so a lower one could appear after a higher one was read, and be missed for ever. The lock makes
  // writers of messages commit one after another, and the trigger makes it impossible to forget. 5353 is this lock's name.
  'CREATE SEQUENCE message_positions',
  `CREATE FUNCTION assign_message_position() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_advisory_xact_lock(5353, 1);
     NEW.position := nextval('message_positions');
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER messages_position BEFORE INSERT OR UPDATE ON messages
     FOR EACH ROW EXECUTE FUNCTION assign_message_position()`,
  // Private replies are not counted: the number must not tell others that they exist.
  `CREATE FUNCTION count_message_reply() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE messages SET replies = replies + 1 WHERE id = NEW.thread_root;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER messages_replies AFTER INSERT ON messages
     FOR EACH ROW WHEN (NEW.thread_root IS NOT NULL AND NEW.private_to IS NULL) EXECUTE FUNCTION count_message_reply()`,
] as const;
