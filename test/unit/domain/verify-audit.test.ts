import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainHead, exportLine, headText, type LinkedRecord, parseExportLine, parseHead } from '../../../src/domain/audit-chain.ts';
import { beginCheck, type ChainFault, checkNext, endCheck, isFault } from '../../../src/domain/verify-audit.ts';
import { aChain, pruned, sealed, sha256 } from '../../support/audit-chain.ts';

function verify(lines: readonly LinkedRecord[], anchors: readonly ChainHead[] = [], isExcerpt = false): ChainFault | null {
  let check = beginCheck(anchors, isExcerpt);
  // As a file brings them, so that numbers of details are exact.
  for (const record of lines.map(exportLine).map(parseExportLine)) {
    if (record === null) throw new Error('a line is not as exported');
    const next = checkNext(check, record, sha256);
    if (isFault(next)) return next;
    check = next;
  }
  return endCheck(check);
}

const found = (lines: readonly LinkedRecord[], anchors: readonly ChainHead[] = []) => {
  const fault = verify(lines, anchors);
  return fault === null ? null : [fault.seq, fault.problem];
};

const chain = aChain(12);
const head: ChainHead = { seq: 12, hash: chain[11]?.hash ?? '' };
const at = (seq: number, change: (record: LinkedRecord) => LinkedRecord) =>
  chain.map((record) => (record.seq === seq ? change(record) : record));

describe('a chain', () => {
  it('that nobody touched verifies, with and without its anchored head, and so does none', () => {
    expect([found(chain), found(chain, [head]), found([])]).toEqual([null, null, null]);
  });

  it.each<[string, (record: LinkedRecord) => LinkedRecord]>([
    ['who', (record) => ({ ...record, actor: 'eve' })],
    ['what', (record) => ({ ...record, action: 'x' })],
    ['on what', (record) => ({ ...record, subject: 'x' })],
    ['from where', (record) => ({ ...record, source: 'x' })],
    ['the result', (record) => ({ ...record, result: 'refused' })],
    ['a detail', (record) => ({ ...record, details: { version: '9.9.9' } })],
    ['the time', (record) => ({ ...record, at: record.at + 1 })],
    ['the time of the link', (record) => ({ ...record, linkedAt: record.linkedAt + 1 })],
    ['its id', (record) => ({ ...record, id: record.id + 1 })],
    ['the hash before', (record) => ({ ...record, previous: 'ab'.repeat(32) })],
    ['its hash', (record) => ({ ...record, hash: 'ab'.repeat(32) })],
  ])('names the record of which %s was edited', (_, change) => {
    for (const seq of [1, 5, 12]) expect(found(at(seq, change))).toEqual([seq, 'changed']);
  });

  it('names a record that was rewritten together with its hash', () => {
    expect(found(at(5, (record) => sealed({ ...record, actor: 'eve' })))).toEqual([5, 'replaced']);
    expect(found(at(1, (record) => sealed({ ...record, previous: 'ab'.repeat(32) })))).toEqual([1, 'replaced']);
  });

  it('names the first record that was taken out, put elsewhere or put in', () => {
    expect(found(chain.filter(({ seq }) => seq !== 5))).toEqual([5, 'missing']);
    const [, second, third] = chain;
    if (second === undefined || third === undefined) throw new Error('it is longer');
    expect(found(chain.with(1, third).with(2, second))).toEqual([2, 'missing']);
    expect(found(chain.with(1, { ...third, seq: 2 }).with(2, { ...second, seq: 3 }))).toEqual([2, 'changed']);
    expect(found(chain.toSpliced(5, 0, third))).toEqual([6, 'missing']);
    expect(found(chain.toSpliced(5, 0, sealed({ ...third, seq: 6, previous: chain[4]?.hash ?? '' })))).toEqual([7, 'missing']);
  });

  it('that was cut off is found out by an anchor', () => {
    expect(found(chain.slice(0, 9))).toBeNull();
    expect(found(chain.slice(0, 9), [head])).toEqual([10, 'cut_off']);
    expect(found([], [head])).toEqual([1, 'cut_off']);
  });

  it('that was made anew from one record on is found out by an anchor', () => {
    const fourth = chain[3];
    if (fourth === undefined) throw new Error('it is longer');
    const forged = sealed({ ...fourth, actor: 'eve' });
    const all = [...chain.slice(0, 3), forged, ...aChain(8, { seq: 4, hash: forged.hash })];
    expect(found(all)).toBeNull();
    expect(found(all, [{ seq: 8, hash: chain[7]?.hash ?? '' }, head])).toEqual([8, 'not_anchored']);
  });
});

describe('a chain without its beginning', () => {
  it('verifies when a checkpoint says what was removed', () => {
    expect(found(pruned(chain, 5))).toBeNull();
    expect(found(pruned(pruned(chain, 5), 8))).toBeNull();
  });

  it('does not verify without one, or with one about something else', () => {
    expect(found(chain.slice(5))).toEqual([5, 'beginning_missing']);
    expect(found(pruned(chain, 5).slice(1))).toEqual([6, 'beginning_missing']);
    const other = pruned(chain, 5).map((record) =>
      record.action === 'audit.prune' ? sealed({ ...record, details: { through: 5, hash: head.hash } }) : record,
    );
    expect(found(other)).toEqual([5, 'beginning_missing']);
  });

  it('verifies when the link before it was anchored, and not when another one was', () => {
    expect(found(chain.slice(5), [{ seq: 5, hash: chain[4]?.hash ?? '' }])).toBeNull();
    expect(found(chain.slice(5), [{ seq: 5, hash: head.hash }])).toEqual([5, 'not_anchored']);
  });
});

describe('an excerpt', () => {
  it('is checked record by record and for its order', () => {
    const some = chain.filter(({ seq }) => seq % 3 !== 0).slice(1);
    expect(verify(some, [], true)).toBeNull();
    expect(verify(some.with(1, sealed({ ...(some[1] as LinkedRecord), actor: 'eve' })), [], true)).toMatchObject({ problem: 'replaced' });
    expect(verify([...some].reverse(), [], true)).toMatchObject({ problem: 'missing' });
  });
});

describe('any change of a chain', () => {
  it('is found, and never before the record that was touched', () => {
    const anchor = [head];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), fc.constantFrom('drop', 'swap', 'edit', 'repeat', 'cut'), (index, how) => {
        const record = chain[index] as LinkedRecord;
        const changed = {
          drop: () => chain.toSpliced(index, 1),
          swap: () => (index === 11 ? chain.toReversed() : chain.with(index, chain[index + 1] as LinkedRecord).with(index + 1, record)),
          edit: () => chain.with(index, { ...record, actor: 'eve' }),
          repeat: () => chain.toSpliced(index, 0, record),
          cut: () => chain.slice(0, index),
        }[how]();
        const fault = verify(changed, anchor);
        expect(fault).not.toBeNull();
        if (how !== 'swap' && how !== 'repeat') expect(fault?.seq ?? 0).toBe(record.seq === 1 && how === 'drop' ? 1 : record.seq);
      }),
    );
  });
});

describe('a line of an export', () => {
  it('comes back as the record that it was', () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed());
    fc.assert(
      fc.property(text, text, (actor, subject) => {
        const [record] = aChain(1);
        if (record === undefined) throw new Error('there is one');
        const line = exportLine({ ...record, actor, subject });
        expect(line).not.toContain('\n');
        expect(parseExportLine(line)).toMatchObject({ actor, subject, seq: 1 });
      }),
    );
  });

  it.each([
    ['is no JSON', () => 'x'],
    ['is empty', () => ''],
    ['is another value', () => '[1]'],
    ['has a key twice', (line: string) => line.replace('{', '{"actor":"eve",')],
    ['has a key more', (line: string) => line.replace(/}$/, ',"z":1}')],
    ['has a key less', (line: string) => line.replace('"actor":"ada",', '')],
    [
      'has its keys in another order',
      (line: string) => line.replace('"action":"deployment.request","actor":"ada"', '"actor":"ada","action":"deployment.request"'),
    ],
    ['has a text for a number', (line: string) => line.replace('"seq":1', '"seq":"1"')],
    ['has no hash for a hash', (line: string) => line.replace(/"hash":"../, '"hash":"zz')],
  ])('that %s is none', (_, change) => {
    const [record] = aChain(1);
    if (record === undefined) throw new Error('there is one');
    expect(parseExportLine(change(exportLine(record)))).toBeNull();
  });
});

describe('a head', () => {
  it('is written as number and hash, and read again', () => {
    expect(parseHead(` ${headText(head)}\n`)).toEqual(head);
    expect([parseHead('12'), parseHead('x:y'), parseHead(`12:${'0'.repeat(63)}`)]).toEqual([null, null, null]);
  });
});
