import { describe, expect, it } from 'vitest';
import { type AskedOften, SHARE_WINDOW_MS, whyUsedUp } from '../../../src/domain/deployment-share.ts';

const asked = (counts: Readonly<Record<string, number>>): readonly AskedOften[] =>
  Object.entries(counts).map(([requester, count], index) => ({ requester, count, oldestAt: 1000 + index }));
const share = (counts: Readonly<Record<string, number>>, requester: string, max = 8) =>
  whyUsedUp(asked(counts), requester, max)?.share ?? 'free';

describe('an hour of deployments', () => {
  it.each([
    ['one person has half of it', { dana: 3 }, 'dana', 'free'],
    ['and no more', { dana: 4 }, 'dana', 'person'],
    ['which leaves the rest to others', { dana: 4, olga: 3 }, 'olga', 'free'],
    ['who together have all of it', { dana: 4, olga: 4 }, 'adam', 'everybody'],
    ['a person’s machines count with them', { dana: 2, 'token:dana/ci': 1, 'hook:dana/main': 1 }, 'dana', 'person'],
    ['and have half of that', { 'token:dana/ci': 1, 'hook:dana/main': 1 }, 'token:dana/other', 'machines'],
    ['which leaves the other half to their owner', { 'token:dana/ci': 2 }, 'dana', 'free'],
    ['what a person asked for themselves is not taken from their machines', { dana: 2 }, 'token:dana/ci', 'free'],
    ['but there is no more than their half', { dana: 3, 'token:dana/ci': 1 }, 'token:dana/ci', 'person'],
    ['another person’s machines are another person’s', { 'token:olga/ci': 2 }, 'token:dana/ci', 'free'],
  ] as const)('%s', (_title, counts, requester, expected) => {
    expect(share(counts, requester)).toBe(expected);
  });

  it('has room for one of everybody, however little it is', () => {
    for (const requester of ['dana', 'token:dana/ci']) {
      expect(share({}, requester, 1)).toBe('free');
      expect(share({ olga: 1 }, requester, 1)).toBe('everybody');
    }
  });

  it('says when the first of what is counted is an hour old', () => {
    expect(whyUsedUp(asked({ olga: 1, dana: 4 }), 'dana', 8)).toEqual({ share: 'person', most: 4, freeAt: 1001 + SHARE_WINDOW_MS });
  });
});
