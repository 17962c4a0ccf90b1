import type { Generated } from 'kysely';
import type { Document } from './columns.ts';

/** What was done, and the chain that shows that nothing of it was changed. */
export type AuditTables = {
  audit: AuditTable;
  audit_chain: { seq: number; record: number; linked_at: number; previous_hash: Buffer; hash: Buffer };
  audit_head: { seq: number; hash: Buffer; linked_at: number };
  audit_pruned: { through: number; hash: Buffer };
};

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
