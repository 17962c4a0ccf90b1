import type { JsonObject } from './json.ts';

/** Who, what, on what, from where, result. Never holds a secret. */
export type NewAuditRecord = {
  readonly at: number;
  /** Person id, or `system`. */
  readonly actor: string;
  /** `deployment.request`, `deployment.cancel`, `command.refused` … */
  readonly action: string;
  /** What it was done to: `shop/staging`, a deployment id … */
  readonly subject: string;
  /** Platform and channel, or the worker. */
  readonly source: string;
  readonly result: 'done' | 'refused' | 'failed';
  readonly details: JsonObject;
};

/** What is younger than this is never removed; the database itself sees to it (migrations/20261121T065000-audit-chain.ts). */
export const SHORTEST_KEEP_MS = 90 * 86_400_000;

export type AuditRecord = NewAuditRecord & { readonly id: number };
