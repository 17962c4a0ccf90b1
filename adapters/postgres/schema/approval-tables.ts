import type { Document, NullableDocument } from './columns.ts';

/** Who is asked about a deployment, what they said, and what went without them. */
export type ApprovalTables = {
  approval_requests: ApprovalRequestTable;
  approval_votes: ApprovalVoteTable;
  broken_glass: BrokenGlassTable;
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
