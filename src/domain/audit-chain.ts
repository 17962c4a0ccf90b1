import type { AuditRecord } from './audit.ts';
import { canonicalText, Decimal, type ExactJson, parseExactJson } from './exact-json.ts';

/**
 * The audit trail as a chain: every record has a number without gaps and the hash of the record before it, and its own hash is
 * the SHA-256 over its canonical text. An exported line is that text with the hash added, so a file can be verified with
 * nothing but a JSON parser and SHA-256.
 */
export type LinkedRecord = Omit<AuditRecord, 'details'> & {
  readonly details: ExactJson;
  /** Place in the chain, from 1, in the order of commits. */
  readonly seq: number;
  /** When it was linked, epoch milliseconds by the database's clock; never earlier than the link before it. */
  readonly linkedAt: number;
  /** Hash of the record before it, 64 hexadecimal digits; zeros before the first. */
  readonly previous: string;
  readonly hash: string;
};

/** The end of a chain, or an anchor: what stood there when somebody wrote it down outside. */
export type ChainHead = { readonly seq: number; readonly hash: string };

/** SHA-256 of the text's UTF-8 bytes, 64 hexadecimal digits. */
export type Sha256 = (text: string) => string;

export const NO_HASH = '0'.repeat(64);
/** The record of a removal of old records; its details say through which number and hash. */
export const PRUNE_ACTION = 'audit.prune';

/** What is hashed: every column but the hash itself, as canonical JSON. */
export function recordText({ hash: _, ...hashed }: LinkedRecord): string {
  return canonicalText(hashed);
}

/** One line of an export: the same with the hash. */
export function exportLine(record: LinkedRecord): string {
  return canonicalText(record);
}

const NUMBERS = ['at', 'id', 'linkedAt', 'seq'] as const;
const TEXTS = ['action', 'actor', 'hash', 'previous', 'result', 'source', 'subject'] as const;
const HASH = /^[0-9a-f]{64}$/;

/**
 * The record of an exported line; null when it is none, or not written as {@link exportLine} writes it (a key given twice would
 * be read in two ways).
 */
export function parseExportLine(line: string): LinkedRecord | null {
  const value = parseOrNull(line);
  if (value === null || typeof value !== 'object' || canonicalText(value) !== line) return null;
  const members: Record<string, unknown> = { ...value };
  for (const name of NUMBERS) members[name] = members[name] instanceof Decimal ? Number(members[name].digits) : null;
  return isLinkedRecord(members) ? members : null;
}

function parseOrNull(line: string): ExactJson {
  try {
    return parseExactJson(line);
  } catch {
    return null;
  }
}

function isLinkedRecord(value: Readonly<Record<string, unknown>>): value is LinkedRecord {
  return (
    Object.keys(value).length === NUMBERS.length + TEXTS.length + 1 &&
    'details' in value &&
    NUMBERS.every((name) => Number.isSafeInteger(value[name])) &&
    TEXTS.every((name) => typeof value[name] === 'string') &&
    [value['hash'], value['previous']].every((hash) => HASH.test(String(hash)))
  );
}

/** `120:<hash>`, as `shipmate audit head` prints it; null for anything else. */
export function parseHead(text: string): ChainHead | null {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim().toLowerCase()) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

export function headText({ seq, hash }: ChainHead): string {
  return `${seq}:${hash}`;
}
