import { type Kysely, sql } from 'kysely';

/** What people are asked to approve, how they voted, why a deployment may run where that is asked for, and broken glass that is to be looked at. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `ALTER TABLE deployments ADD COLUMN clearance text CHECK (clearance IN ('approval', 'on_call', 'break_glass'))`,
  'ALTER TABLE deployments ADD COLUMN requester_groups jsonb',

  `CREATE TABLE approval_requests (
     id             text COLLATE "C" PRIMARY KEY,
     deployment_id  text COLLATE "C" NOT NULL UNIQUE REFERENCES deployments (id) DEFERRABLE INITIALLY DEFERRED,
     app            text COLLATE "C" NOT NULL,
     environment    text COLLATE "C" NOT NULL,
     stack          text COLLATE "C" NOT NULL,
     plan_hash      text COLLATE "C" NOT NULL,
     policy         jsonb NOT NULL,
     policy_version text COLLATE "C" NOT NULL,
     base_revision  integer,
     is_promotion   boolean NOT NULL,
     requester      jsonb NOT NULL,
     requested_at   bigint NOT NULL,
     expires_at     bigint NOT NULL,
     not_before     bigint NOT NULL,
     state          text NOT NULL CHECK (state IN ('open', 'approved', 'used', 'rejected', 'expired', 'withdrawn', 'voided')),
     closed         jsonb,
     reminded_at    bigint,
     escalated_at   bigint
   )`,
  `CREATE INDEX approval_requests_live ON approval_requests (expires_at) WHERE state IN ('open', 'approved')`,
  `CREATE INDEX approval_requests_live_order ON approval_requests (id) WHERE state IN ('open', 'approved')`,

  `CREATE TABLE approval_votes (
     request_id text COLLATE "C" NOT NULL REFERENCES approval_requests (id),
     person_id  text COLLATE "C" NOT NULL,
     person     jsonb NOT NULL,
     decision   text NOT NULL CHECK (decision IN ('approve', 'reject')),
     at         bigint NOT NULL,
     factor     text,
     reason     text,
     groups     jsonb NOT NULL,
     PRIMARY KEY (request_id, person_id, decision)
   )`,

  `CREATE TABLE broken_glass (
     deployment_id text COLLATE "C" PRIMARY KEY REFERENCES deployments (id) DEFERRABLE INITIALLY DEFERRED,
     app           text COLLATE "C" NOT NULL,
     environment   text COLLATE "C" NOT NULL,
     by            jsonb NOT NULL,
     reason        text NOT NULL,
     at            bigint NOT NULL,
     signed_by     jsonb,
     signed_at     bigint,
     note          text
   )`,
  'CREATE INDEX broken_glass_open ON broken_glass (at) WHERE signed_at IS NULL',

  `CREATE TABLE role_grants (
     app        text COLLATE "C" NOT NULL,
     person_id  text COLLATE "C" NOT NULL,
     role       text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer', 'incident')),
     granted_by jsonb NOT NULL,
     granted_at bigint NOT NULL,
     expires_at bigint,
     PRIMARY KEY (app, person_id, role)
   )`,

  `CREATE TABLE role_changes (
     id           text COLLATE "C" PRIMARY KEY,
     app          text COLLATE "C" NOT NULL,
     person_id    text COLLATE "C" NOT NULL,
     role         text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer', 'incident')),
     change       text NOT NULL CHECK (change IN ('grant', 'revoke')),
     asked_by     jsonb NOT NULL,
     asked_at     bigint NOT NULL,
     expires_at   bigint NOT NULL,
     grant_until  bigint,
     state        text NOT NULL CHECK (state IN ('open', 'done', 'refused')),
     decided_by   jsonb,
     decided_at   bigint
   )`,
  `CREATE INDEX role_changes_open ON role_changes (app) WHERE state = 'open'`,
] as const;
