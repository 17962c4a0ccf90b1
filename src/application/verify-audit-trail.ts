import { createHash } from 'node:crypto';
import { type ChainHead, parseExportLine } from '../domain/audit-chain.ts';
import { beginCheck, type ChainCheck, type ChainFault, checkNext, endCheck, isFault } from '../domain/verify-audit.ts';
import type { AuditLog, Link, LinkFilter } from '../ports/audit-log.ts';

/** `fault` is null when everything that was checked is as it was written. */
export type Verification = {
  readonly checked: number;
  /** The links between which the checked records stand; null without any. */
  readonly first: number | null;
  readonly last: ChainHead;
  readonly fault: ChainFault | null;
};

const PAGE = 2000;
export const EVERYTHING: LinkFilter = { sinceMs: null, untilMs: null, app: null };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Every record of the chain in order, a page in memory at a time. What is linked after the last one was read is not waited for. */
export async function* readChain(audit: AuditLog, filter: LinkFilter): AsyncGenerator<Link> {
  for (let after = 0; ; ) {
    const links = await audit.linkedAfter(after, filter, PAGE);
    yield* links;
    const last = links.at(-1);
    if (last === undefined || links.length < PAGE) return;
    after = last.seq;
  }
}

/**
 * The trail in the database: every link and every record, that none stands beside the chain, and that the chain ends where the
 * database says. When the oldest records are removed while it reads, it starts again.
 */
export async function verifyChain(audit: AuditLog, anchors: readonly ChainHead[]): Promise<Verification> {
  for (;;) {
    const pruned = await audit.prunedThrough();
    const found = await verifyOnce(audit, anchors);
    if (found.fault === null || pruned === (await audit.prunedThrough())) return found;
  }
}

async function verifyOnce(audit: AuditLog, anchors: readonly ChainHead[]): Promise<Verification> {
  // Before anything else: what is appended meanwhile comes on top of it.
  const head = await audit.head();
  let check = beginCheck([head, ...anchors]);
  for await (const { seq, record } of readChain(audit, EVERYTHING)) {
    const next = record === null ? gone(seq) : checkNext(check, record, sha256);
    if (isFault(next)) return { ...resultOf(check), fault: next };
    check = next;
  }
  const ended = endCheck(check);
  const unlinked = ended === null ? await audit.unlinked() : null;
  return { ...resultOf(check), fault: unlinked === null ? ended : beside(unlinked) };
}

/** The lines of an export, checked without a database. */
export async function verifyLines(lines: AsyncIterable<string>, anchors: readonly ChainHead[], isExcerpt: boolean): Promise<Verification> {
  let check = beginCheck(anchors, isExcerpt);
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line === '') continue;
    const record = parseExportLine(line);
    const next = record === null ? unreadable(number, check) : checkNext(check, record, sha256);
    if (isFault(next)) return { ...resultOf(check), fault: next };
    check = next;
  }
  return { ...resultOf(check), fault: endCheck(check) };
}

function resultOf({ checked, start, last }: ChainCheck): Omit<Verification, 'fault'> {
  return { checked, first: start === null ? null : start.seq + 1, last };
}

function gone(seq: number): ChainFault {
  return { seq, problem: 'missing', message: `record ${seq} is missing: its link is there, the record is not` };
}

function beside(id: number): ChainFault {
  return {
    seq: null,
    problem: 'not_linked',
    message: `the record with the id ${id} is in no link of the chain: it was put there past the database’s triggers`,
  };
}

function unreadable(line: number, { start, last }: ChainCheck): ChainFault {
  const seq = start === null ? null : last.seq + 1;
  return { seq, problem: 'malformed', message: `line ${line} is not a record as an export writes it` };
}
