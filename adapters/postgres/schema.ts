import type { ColumnType, Generated, JSONColumnType, RawBuilder } from 'kysely';

/**
 * The tables of migrations/ as Kysely sees them. `bigint` columns arrive as numbers (see connect.ts): epoch milliseconds,
 * positions and fences stay far below 2^53. Documents are written as JSON text made by `storable` (documents.ts).
 */
export type Tables = {
  releases: ReleaseTable;
  release_contents: { fingerprint: string; sealed: Buffer };
  deployments: DeploymentTable;
  deployment_previous: { deployment_id: string; service: string; previous: Document | null };
  deployment_progress: { deployment_id: string; progress: Document };
  deployment_stages: StageTable;
  revisions: RevisionTable;
  leases: LeaseTable;
  audit: AuditTable;
  audit_chain: { seq: number; record: number; linked_at: number; previous_hash: Buffer; hash: Buffer };
  audit_head: { seq: number; hash: Buffer; linked_at: number };
  audit_pruned: { through: number; hash: Buffer };
  inbox: { platform: string; delivery_id: string; at: number };
  messages: MessageTable;
  memberships: { platform: string; account: string; groups: Document; read_at: number };
  group_members: { group_name: string; people: Document; read_at: number };
  identities: { platform: string; account: string; name: string; person_id: string; linked_at: number };
  link_codes: { hash: string; platform: string; account: string; account_name: string; person_id: string; expires_at: number };
  subscriptions: SubscriptionTable;
  intake: IntakeTable;
  deliveries: DeliveryTable;
  delivery_progress: { platform: string; position: number; spending: Document };
  installations: { platform: string; workspace: string; sealed: Buffer; at: number };
  secrets: SecretTable;
  parked_secrets: ParkedSecretTable;
  api_tokens: TokenTable;
  approval_requests: ApprovalRequestTable;
  approval_votes: ApprovalVoteTable;
  broken_glass: BrokenGlassTable;
  web_sessions: {
    id: string;
    token_hash: string;
    person_id: string;
    created_at: number;
    last_seen_at: number;
    ends_at: number;
    browser: string;
  };
  role_grants: {
    app: string;
    person_id: string;
    role: string;
    granted_by: Document;
    granted_at: number;
    expires_at: number | null;
  };
  role_changes: RoleChangeTable;
  deploy_locks: LockTable;
  freezes: FreezeTable;
  opening_watchers: { app: string; environment: string; person_id: string; since: number };
  factors: FactorTable;
  factor_tries: { person_id: string; failures: number; locked_until: number | null; locks: Generated<number> };
  recovery_codes: { person_id: string; hash: string; used_at: number | null };
  factor_links: FactorLinkTable;
  token_wishes: {
    id: string;
    person_id: string;
    wish: Document;
    expires_at: number;
    proven_at: number | null;
    used_at: number | null;
  };
  factor_resets: { id: string; person_id: string; asked_by: Document; expires_at: number; done_at: number | null };
  breakers: { part: string; attempt: number; because: string; since: Date; try_at: Date };
  source_commits: { repository: string; from_commit: string; to_commit: string; between_them: Document };
  configuration_versions: { number: number; at: number; source: string; sha: string; sealed: Buffer };
};

type Document = JSONColumnType<object, string, string>;
type NullableDocument = ColumnType<object | null, string | null, string | null>;

type ReleaseTable = {
  id: string;
  app: string;
  environment: string;
  version: string;
  spec: Document;
  spec_hash: string;
  source_commit: string | null;
  created_at: number;
};

type DeploymentTable = {
  id: string;
  seq: Generated<number>;
  kind: string;
  app: string;
  environment: string;
  stack: string;
  release_id: string;
  version: string;
  previous_version: string | null;
  requester: Document;
  reason: string | null;
  state: string;
  stage: string | null;
  direction: string;
  failure: NullableDocument;
  cancel_requested_by: NullableDocument;
  superseded_by: NullableDocument;
  hold: NullableDocument;
  clearance: string | null;
  requester_groups: NullableDocument;
  plan: Document;
  plan_hash: string;
  origin: NullableDocument;
  delivery_platform: string | null;
  delivery_id: string | null;
  requested_at: number;
  started_at: number | null;
  finished_at: number | null;
  revision: number;
};

type StageTable = {
  deployment_id: string;
  stage: string;
  attempt: number;
  seq: Generated<number>;
  state: string;
  started_at: number;
  finished_at: number | null;
  lines: Document;
};

type RevisionTable = {
  stack: string;
  number: number;
  release_id: string;
  version: string;
  deployment_id: string;
  active_from: number;
  active_to: number | null;
};

type LeaseTable = { stack: string; fence: number; deployment_id: string | null; holder: string | null; expires_at: Date };

type AuditTable = {
  id: Generated<number>;
  at: number;
  actor: string;
  action: string;
  subject: string;
  source: string;
  result: string;
  details: Document;
};

type MessageTable = {
  id: string;
  seq: Generated<number>;
  platform: string;
  channel: string;
  thread_root: string | null;
  key: string | null;
  author: Document;
  private_to: string | null;
  app: string | null;
  content: ColumnType<unknown, string, string>;
  sealed: Buffer | null;
  replies: Generated<number>;
  position: Generated<number>;
  created_at: number;
  updated_at: number;
};

type SubscriptionTable = {
  id: string;
  platform: string;
  channel: string;
  app: string;
  environment: string | null;
  about: Document;
  created_by: Document;
  created_at: number;
  muted_at: number | null;
  muted_because: string | null;
};

type LockTable = {
  id: string;
  app: string | null;
  environment: string | null;
  holder: Document;
  reason: string | null;
  since: number;
  expires_at: number | null;
  reminded_at: ColumnType<number | null, never, number | null>;
  ended_at: ColumnType<number | null, never, number | null>;
  ended_how: ColumnType<string | null, never, string | null>;
  ended_by: ColumnType<string | null, never, string | null>;
};

type FreezeTable = {
  id: string;
  app: string | null;
  environment: string | null;
  schedule: Document;
  reason: string;
  created_by: Document;
  created_at: number;
  over_at: number | null;
  ended_at: ColumnType<number | null, never, number | null>;
  ended_by: ColumnType<string | null, never, string | null>;
};

type FactorTable = {
  id: string;
  person_id: string;
  kind: string;
  name: string;
  sealed: Buffer | null;
  last_step: number | null;
  credential_id: string | null;
  public_key: Buffer | null;
  counter: number | null;
  transports: NullableDocument;
  created_at: number;
  last_used_at: number | null;
  vouch_until: number | null;
};

type FactorLinkTable = {
  id: string;
  token_hash: string;
  person_id: string;
  person_name: string;
  platform: string;
  about: Document;
  nonce: string;
  bound_to: string | null;
  pending: Buffer | null;
  expires_at: number;
  used_at: number | null;
  confirmed_at: number | null;
  wrong_tries: number;
};

type IntakeTable = {
  platform: string;
  delivery_id: string;
  channel: string;
  account_id: string;
  payload: Buffer | null;
  handle: Buffer | null;
  token: string;
  tries: number;
  claimant: string | null;
  claimed_until: ColumnType<Date, RawBuilder<Date>, RawBuilder<Date>>;
  received_at: number;
  answered_at: number | null;
};

type SecretTable = {
  id: string;
  app: string;
  environment: string;
  name: string;
  version: number;
  kind: string;
  sealed: Buffer | null;
  set_by: Document;
  set_at: number;
};

type TokenTable = {
  id: string;
  hash: string;
  name: string;
  maker: Document;
  scope: Document;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
  revoked_by: NullableDocument;
  last_used_at: number | null;
};

type ParkedSecretTable = {
  id: string;
  app: string;
  environment: string;
  name: string;
  person_id: string;
  sealed: Buffer;
  expires_at: number;
};

type DeliveryTable = {
  message_id: string;
  platform: string;
  state: string;
  remote_id: string | null;
  sent_to: string | null;
  shown: string | null;
  shown_position: number | null;
  posting: string | null;
  posting_position: number | null;
  posting_since: number | null;
  looks: number;
  attempts: number;
  next_at: number;
  reposts: number;
  refused: string | null;
  reason: string | null;
};

type ApprovalRequestTable = {
  id: string;
  deployment_id: string;
  app: string;
  environment: string;
  stack: string;
  plan_hash: string;
  policy: Document;
  policy_version: string;
  base_revision: number | null;
  is_promotion: boolean;
  requester: Document;
  requested_at: number;
  expires_at: number;
  not_before: number;
  state: string;
  closed: NullableDocument;
  reminded_at: number | null;
  escalated_at: number | null;
};

type ApprovalVoteTable = {
  request_id: string;
  person_id: string;
  person: Document;
  decision: string;
  at: number;
  factor: string | null;
  reason: string | null;
  groups: Document;
};

type BrokenGlassTable = {
  deployment_id: string;
  app: string;
  environment: string;
  by: Document;
  reason: string;
  at: number;
  signed_by: NullableDocument;
  signed_at: number | null;
  note: string | null;
};

type RoleChangeTable = {
  id: string;
  app: string;
  person_id: string;
  role: string;
  change: string;
  asked_by: Document;
  asked_at: number;
  expires_at: number;
  grant_until: number | null;
  state: string;
  decided_by: NullableDocument;
  decided_at: number | null;
};
