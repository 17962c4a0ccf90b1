import { type Kysely, sql } from 'kysely';

/**
 * Chat platforms outside: what came in from them, how each message stands there, and which of their workspaces installed
 * the bot. Claims use the database's own clock, all other times are epoch milliseconds from the application.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Remembered longer than platforms repeat, so that the same delivery is never taken for a new one.
  `CREATE TABLE intake (
    platform      text COLLATE "C" NOT NULL,
    delivery_id   text COLLATE "C" NOT NULL,
    channel       text COLLATE "C" NOT NULL,
    account_id    text COLLATE "C" NOT NULL,
    payload       bytea,
    handle        bytea,
    token         text COLLATE "C" NOT NULL,
    tries         integer NOT NULL,
    claimant      text COLLATE "C",
    claimed_until timestamptz NOT NULL,
    received_at   bigint NOT NULL,
    answered_at   bigint,
    PRIMARY KEY (platform, delivery_id)
  )`,
  'CREATE INDEX intake_open ON intake (claimed_until) WHERE answered_at IS NULL',
  'CREATE INDEX intake_answered ON intake (answered_at) WHERE handle IS NOT NULL',
  'CREATE INDEX intake_by_time ON intake (received_at)',

  `CREATE TABLE deliveries (
    message_id          text COLLATE "C" PRIMARY KEY REFERENCES messages (id),
    platform            text COLLATE "C" NOT NULL,
    state               text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'undeliverable')),
    remote_id           text COLLATE "C",
    sent_to             text COLLATE "C",
    shown               text COLLATE "C",
    shown_position      bigint,
    posting             text COLLATE "C",
    posting_position    bigint,
    posting_since       bigint,
    looks               integer NOT NULL,
    attempts            integer NOT NULL,
    next_at             bigint NOT NULL,
    reposts             integer NOT NULL,
    refused             text COLLATE "C",
    reason              text,
    CHECK ((posting IS NULL) = (posting_since IS NULL)),
    CHECK (state <> 'undeliverable' OR reason IS NOT NULL)
  )`,
  `CREATE INDEX deliveries_pending ON deliveries (platform) WHERE state = 'pending'`,
  `CREATE INDEX deliveries_undeliverable ON deliveries (platform) WHERE state = 'undeliverable'`,

  // Every message change up to the position has its delivery row; spending is what still counts of the budgets.
  `CREATE TABLE delivery_progress (
    platform text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    spending jsonb NOT NULL
  )`,

  `CREATE TABLE installations (
    platform  text COLLATE "C" NOT NULL,
    workspace text COLLATE "C" NOT NULL,
    sealed    bytea NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (platform, workspace)
  )`,
] as const;
