import type { AuditRecord, NewAuditRecord } from '../domain/audit.ts';
import type { ChainHead, LinkedRecord } from '../domain/audit-chain.ts';

/** Append only. An action and its record are one transaction; the record joins the chain when that commits. */
export interface AuditLog {
  append(record: NewAuditRecord): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** The last link that was committed. */
  head(): Promise<ChainHead>;
  /** Through which number the oldest records were removed; 0 when none were. */
  prunedThrough(): Promise<number>;
  /** Up to `limit` links after `seq`, in order. */
  linkedAfter(seq: number, filter: LinkFilter, limit: number): Promise<readonly Link[]>;
  /** The id of a record that stands in no chain; null when there is none. Only who got around the triggers can have written one. */
  unlinked(): Promise<number | null>;
  /** May the role that we connect as change or remove records, so that only the chain protects them? */
  isChangeable(): Promise<boolean>;
  /**
   * Removes up to `limit` of the oldest records, if they are from before `beforeMs` and at least 90 days old, and appends the record
   * that says so. Throws when one of them does not verify. Zero when there was nothing to remove.
   */
  prune(beforeMs: number, by: string, limit: number): Promise<number>;
}

export type AuditFilter = {
  readonly subject?: string;
  readonly actor?: string;
  /** What was done to these apps and their environments. */
  readonly apps?: readonly string[];
  readonly environment?: string;
  readonly result?: AuditRecord['result'];
  readonly sinceMs?: number;
  readonly limit: number;
};

/** `sinceMs` and `untilMs` (exclusive) are by the time of the link, so that what they choose is one piece of the chain. */
export type LinkFilter = { readonly sinceMs: number | null; readonly untilMs: number | null; readonly app: string | null };

/** `record` null: the link is there and its record is not. */
export type Link = { readonly seq: number; readonly record: LinkedRecord | null };
