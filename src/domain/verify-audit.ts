import { type ChainHead, type LinkedRecord, NO_HASH, PRUNE_ACTION, recordText, type Sha256 } from './audit-chain.ts';
import { Decimal } from './exact-json.ts';

/**
 * Walks along a chain and stops at the first record that is not right. It holds the last link and the anchors, nothing else, so
 * a chain may be as long as it likes.
 */
export type ChainCheck = {
  /** An excerpt: records may be missing between others, so only each record itself and the order is checked. */
  readonly isExcerpt: boolean;
  /** Ends of the chain that were written down outside, by number. */
  readonly anchors: ReadonlyMap<number, string>;
  /** Link before the first record that is there; null before any record. */
  readonly start: ChainHead | null;
  readonly last: ChainHead;
  readonly checked: number;
  /** Has a checkpoint or an anchor been met that says what stood before the first record? */
  readonly isStartProven: boolean;
};

export const CHAIN_PROBLEMS = [
  'malformed',
  'missing',
  'changed',
  'replaced',
  'not_linked',
  'beginning_missing',
  'not_anchored',
  'cut_off',
] as const;
export type ChainProblem = (typeof CHAIN_PROBLEMS)[number];

/** The first bad record by its number in the chain; null when it has none (it was never linked). */
export type ChainFault = { readonly seq: number | null; readonly problem: ChainProblem; readonly message: string };

export function beginCheck(anchors: readonly ChainHead[], isExcerpt = false): ChainCheck {
  return {
    isExcerpt,
    anchors: new Map(anchors.map(({ seq, hash }) => [seq, hash])),
    start: null,
    last: { seq: 0, hash: NO_HASH },
    checked: 0,
    isStartProven: false,
  };
}

export function isFault(result: ChainCheck | ChainFault | null): result is ChainFault {
  return result !== null && 'problem' in result;
}

export function checkNext(check: ChainCheck, record: LinkedRecord, sha256: Sha256): ChainCheck | ChainFault {
  const before = check.start === null ? linkBefore(record) : check.last;
  const expected = before.seq + 1;
  const isNext = record.seq === expected;
  if (!isNext && !(check.isExcerpt && record.seq > expected)) {
    return fault(expected, 'missing', `record ${expected} is missing: record ${record.seq} stands in its place`);
  }
  if (sha256(recordText(record)) !== record.hash)
    return fault(record.seq, 'changed', `record ${record.seq} was changed: its hash is not its own`);
  if (isNext && record.previous !== before.hash) {
    return fault(Math.max(1, before.seq), 'replaced', `record ${before.seq} is not what record ${record.seq} was linked to`);
  }
  const anchor = check.anchors.get(record.seq);
  if (anchor !== undefined && anchor !== record.hash) return notAnchored(record.seq);
  const start = check.start ?? before;
  if (check.start === null && (check.anchors.get(start.seq) ?? start.hash) !== start.hash) return notAnchored(start.seq);
  return {
    ...check,
    start,
    last: { seq: record.seq, hash: record.hash },
    checked: check.checked + 1,
    isStartProven: check.isStartProven || isBeginning(start) || check.anchors.has(start.seq) || isCheckpointOf(record, start),
  };
}

/** What only the end of the chain shows. */
export function endCheck(check: ChainCheck): ChainFault | null {
  const { start, last, anchors, isExcerpt } = check;
  if (!isExcerpt && start !== null && !check.isStartProven) {
    return fault(
      start.seq,
      'beginning_missing',
      `records up to ${start.seq} are missing, and no checkpoint says that they were removed in order`,
    );
  }
  const furthest = Math.max(0, ...anchors.keys());
  if (!isExcerpt && furthest > last.seq) {
    return fault(last.seq + 1, 'cut_off', `the trail ends with record ${last.seq}, and record ${furthest} was there when it was anchored`);
  }
  return null;
}

function linkBefore({ seq, previous }: LinkedRecord): ChainHead {
  return seq === 1 ? { seq: 0, hash: NO_HASH } : { seq: seq - 1, hash: previous };
}

function isBeginning({ seq, hash }: ChainHead): boolean {
  return seq === 0 && hash === NO_HASH;
}

/** Does the record say that everything up to here was removed? */
function isCheckpointOf({ action, details }: LinkedRecord, { seq, hash }: ChainHead): boolean {
  if (action !== PRUNE_ACTION || details === null || typeof details !== 'object' || !('through' in details)) return false;
  return details['through'] instanceof Decimal && details['through'].digits === String(seq) && details['hash'] === hash;
}

function notAnchored(seq: number): ChainFault {
  return fault(
    seq,
    'not_anchored',
    `record ${seq} is not the one that was anchored: it or an earlier one was rewritten, with all hashes after it`,
  );
}

function fault(seq: number | null, problem: ChainProblem, message: string): ChainFault {
  return { seq, problem, message };
}
