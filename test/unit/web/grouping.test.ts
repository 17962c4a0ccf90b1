import { describe, expect, it } from 'vitest';
import { groupRows } from '../../../adapters/web/client/model/grouping.ts';
import { byBot, byPerson } from './sample-messages.ts';

const MINUTE = 60_000;
const NOON = new Date(2026, 4, 12, 12).getTime();

const firsts = (rows: ReturnType<typeof groupRows>) => rows.flatMap((row) => (row.kind === 'message' ? [row.isFirstOfGroup] : []));
const kinds = (rows: ReturnType<typeof groupRows>) => rows.map((row) => row.kind);

describe('groupRows', () => {
  it('puts one person’s messages of five minutes under one name', () => {
    const rows = groupRows([byPerson('ana', NOON), byPerson('ana', NOON + 2 * MINUTE), byPerson('ana', NOON + 9 * MINUTE)], null, 'ben');
    expect(firsts(rows)).toEqual([true, false, true]);
  });

  it('starts a group for another author, the bot included', () => {
    const rows = groupRows([byPerson('ana', NOON), byPerson('ben', NOON + 1), byBot(NOON + 2), byBot(NOON + 3)], null, 'ben');
    expect(firsts(rows)).toEqual([true, true, true, false]);
  });

  it('never puts a private answer under the name of a public one', () => {
    const rows = groupRows([byBot(NOON), byBot(NOON + 1, { privateTo: 'ana' }), byBot(NOON + 2)], null, 'ana');
    expect(firsts(rows)).toEqual([true, true, true]);
  });

  it('shows each day once, above its first message', () => {
    const rows = groupRows([byPerson('ana', NOON), byPerson('ana', NOON + 1), byPerson('ana', NOON + 24 * 60 * MINUTE)], null, 'ben');
    expect(kinds(rows)).toEqual(['day', 'message', 'message', 'day', 'message']);
  });

  it('draws one line above the first message that is new to the reader', () => {
    const rows = groupRows([byPerson('ana', NOON), byPerson('ana', NOON + 1), byPerson('ana', NOON + 2)], NOON, 'ben');
    expect(kinds(rows)).toEqual(['day', 'message', 'new', 'message', 'message']);
  });

  it('never counts what the reader wrote as new', () => {
    expect(kinds(groupRows([byPerson('ben', NOON + 1)], NOON, 'ben'))).toEqual(['day', 'message']);
  });

  it('shows nothing for an empty channel', () => {
    expect(groupRows([], 0, 'ben')).toEqual([]);
  });
});
