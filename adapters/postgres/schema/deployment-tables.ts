import type { Generated } from 'kysely';
import type { Document, NullableDocument } from './columns.ts';

/** Releases, their deployments, and what each stack runs. */
export type DeploymentTables = {
  releases: ReleaseTable;
  release_contents: { fingerprint: string; sealed: Buffer };
  deployments: DeploymentTable;
  deployment_previous: { deployment_id: string; service: string; previous: Document | null };
  deployment_progress: { deployment_id: string; progress: Document };
  deployment_stages: StageTable;
  revisions: RevisionTable;
  leases: LeaseTable;
  source_commits: { repository: string; from_commit: string; to_commit: string; between_them: Document };
};

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
  promoted_from: string | null;
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
