import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { knownCommits } from '../../../src/application/approvals/known-commits.ts';
import type { CommitsBetween } from '../../../src/domain/source-commits.ts';
import type { CommitStore } from '../../../src/ports/commit-store.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import type { HistoryAnswer, SourceHistory } from '../../../src/ports/source-history.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const PAIR = { repository: 'https://github.com/acme/shop', from: 'a', to: 'b' };
const between: CommitsBetween = { aheadBy: 1, behindBy: 0, commits: [], authors: [] };

function under(answer: () => Promise<HistoryAnswer>) {
  const kept: CommitsBetween[] = [];
  const notified: string[] = [];
  let asked = 0;
  const commits = only<CommitStore>('commits', {
    find: async () => kept[0] ?? null,
    keep: async (_repository, _from, _to, said) => kept.length === 0 && kept.push(said) > 0,
  });
  const stores = only<Stores>('stores', { commits });
  const database = only<Database>('database', { stores, notify: async (_stores, topic, id) => void notified.push(`${topic} ${id}`) });
  const sourceHistory: SourceHistory = {
    commitsBetween: () => {
      asked += 1;
      return answer();
    },
  };
  const parts = someParts({ database, sourceHistory });
  return { kept, notified, asked: () => asked, look: () => knownCommits(parts, stores, 'd1', PAIR), parts, stores };
}

describe('commits on an approver’s card', () => {
  it('are not waited for', async () => {
    const { look } = under(() => new Promise(() => undefined));
    expect(await look()).toBeNull();
  });

  it('are kept when their host has said them, the card is drawn again, and nobody is asked any more', async () => {
    const { look, notified, asked } = under(async () => ({ known: true, between }));
    await look();
    await setImmediate();
    expect(notified).toEqual(['deployment d1']);
    expect(await look()).toEqual(between);
    expect(asked()).toBe(1);
  });

  it('redraw a card once, though two looked at the same time', async () => {
    const { look, notified } = under(async () => ({ known: true, between }));
    await Promise.all([look(), look()]);
    await setImmediate();
    expect(notified).toHaveLength(1);
  });

  it('stay away while their host does not say, or breaks', async () => {
    for (const answer of [async () => ({ known: false, because: 'unreachable' }) as const, () => Promise.reject(new Error('broken'))]) {
      const { look, kept, notified } = under(answer);
      expect(await look()).toBeNull();
      await setImmediate();
      expect([...kept, ...notified]).toEqual([]);
      expect(await look()).toBeNull();
    }
  });

  it('are not asked for where nobody may be asked', async () => {
    const { parts, stores } = under(() => Promise.reject(new Error('asked')));
    const { sourceHistory: _nobody, ...others } = parts;
    expect(await knownCommits(others, stores, 'd1', PAIR)).toBeNull();
  });
});
