import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CommitsBetween } from '../../src/domain/source-commits.ts';
import type { Views } from './database-views.ts';

/** What every CommitStore promises. */
export function describeCommits(views: Views): void {
  const commits = () => views().database.stores.commits;
  const repository = `https://github.com/acme/${randomUUID()}`;
  const between: CommitsBetween = {
    aheadBy: 1,
    behindBy: 0,
    commits: [{ hash: 'b1b2b3b', author: 'Ada', subject: 'Sell 🍎, “fresh”' }],
    authors: ['Ada'],
  };

  describe('commits between two', () => {
    it('are kept for every process, for these two in this order only', async () => {
      expect(await commits().find(repository, 'a', 'b')).toBeNull();
      expect(await commits().keep(repository, 'a', 'b', between)).toBe(true);
      expect(await views().other.stores.commits.find(repository, 'a', 'b')).toEqual(between);
      expect(await commits().find(repository, 'b', 'a')).toBeNull();
      expect(await commits().find(`${repository}-2`, 'a', 'b')).toBeNull();
    });

    it('stay as they were when they are kept again', async () => {
      expect(await commits().keep(repository, 'c', 'd', between)).toBe(true);
      expect(await commits().keep(repository, 'c', 'd', { ...between, aheadBy: 9 })).toBe(false);
      expect(await commits().find(repository, 'c', 'd')).toEqual(between);
    });

    it('take text that PostgreSQL does not', async () => {
      const subject = `nul\u0000 and half \uD83C`;
      await commits().keep(repository, 'e', 'f', { ...between, commits: [{ hash: 'f', author: 'Ada', subject }] });
      expect((await commits().find(repository, 'e', 'f'))?.commits[0]?.subject).toBe('nul\uFFFD and half \uFFFD');
    });
  });
}
