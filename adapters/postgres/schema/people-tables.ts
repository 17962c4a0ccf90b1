import type { Document, NullableDocument } from './columns.ts';

/** Who somebody is and what they may do. */
export type PeopleTables = {
  memberships: { platform: string; account: string; groups: Document; read_at: number };
  group_members: { group_name: string; people: Document; read_at: number };
  past_links: { platform: string; account: string; person_id: string };
  identities: { platform: string; account: string; name: string; person_id: string; linked_at: number };
  link_codes: { hash: string; platform: string; account: string; account_name: string; person_id: string; expires_at: number };
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
