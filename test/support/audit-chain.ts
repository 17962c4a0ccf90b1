import { createHash } from 'node:crypto';
import { type LinkedRecord, NO_HASH, PRUNE_ACTION, recordText } from '../../src/domain/audit-chain.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** With the hash that belongs to it. */
export function sealed(record: Omit<LinkedRecord, 'hash'>): LinkedRecord {
  const unsealed = { ...record, hash: '' };
  return { ...unsealed, hash: sha256(recordText(unsealed)) };
}

/** An unbroken chain of so many records. */
export function aChain(length: number, start = { seq: 0, hash: NO_HASH }): LinkedRecord[] {
  const chain: LinkedRecord[] = [];
  for (let seq = start.seq + 1; seq <= start.seq + length; seq += 1) {
    const previous = chain.at(-1)?.hash ?? start.hash;
    const record = { id: seq + 7, at: 1000 + seq, actor: 'ada', action: 'deployment.request', subject: 'shop/staging' };
    chain.push(
      sealed({ ...record, source: 'web:ops', result: 'done', details: { version: `1.${seq}.0` }, seq, linkedAt: 2000 + seq, previous }),
    );
  }
  return chain;
}

/** The chain after the removal of its first records: what is left, and the record that says so at the end. */
export function pruned(chain: readonly LinkedRecord[], through: number): LinkedRecord[] {
  const removed = chain.find(({ seq }) => seq === through);
  const last = chain.at(-1);
  if (removed === undefined || last === undefined) throw new Error('there is no such record');
  const checkpoint = sealed({
    ...last,
    id: last.id + 1,
    action: PRUNE_ACTION,
    subject: 'audit',
    details: { through, hash: removed.hash, count: through },
    seq: last.seq + 1,
    previous: last.hash,
  });
  return [...chain.filter(({ seq }) => seq > through), checkpoint];
}
