import type { ColumnType } from 'kysely';
import type { Document } from './columns.ts';

/** What keeps deployments away from an app or an environment, and who waits for its end. */
export type LockTables = {
  deploy_locks: LockTable;
  freezes: FreezeTable;
  opening_watchers: { app: string; environment: string; person_id: string; since: number };
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
