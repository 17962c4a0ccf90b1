import type { Document, NullableDocument } from './columns.ts';

/** What machines use in place of a person. */
export type MachineTables = {
  api_tokens: TokenTable;
  token_wishes: {
    id: string;
    person_id: string;
    wish: Document;
    expires_at: number;
    proven_at: number | null;
    used_at: number | null;
  };
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
