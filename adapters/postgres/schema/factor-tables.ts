import type { Generated } from 'kysely';
import type { Document, NullableDocument } from './columns.ts';

/** With what somebody proves that it is them. */
export type FactorTables = {
  factors: FactorTable;
  factor_tries: { person_id: string; failures: number; locked_until: number | null; locks: Generated<number> };
  recovery_codes: { person_id: string; hash: string; used_at: number | null };
  factor_links: FactorLinkTable;
  factor_resets: { id: string; person_id: string; asked_by: Document; asked_at: number; expires_at: number; done_at: number | null };
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
  groups: Document;
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
