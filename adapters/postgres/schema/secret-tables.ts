import type { Document } from './columns.ts';

/** Values that nobody reads back: sealed, one row a version. */
export type SecretTables = {
  secrets: SecretTable;
  parked_secrets: ParkedSecretTable;
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

type ParkedSecretTable = {
  id: string;
  app: string;
  environment: string;
  name: string;
  person_id: string;
  sealed: Buffer;
  expires_at: number;
};
