import { z } from 'zod';
import type { CommitsBetween, SourceCommit } from '../../src/domain/source-commits.ts';

/** What is read of https://docs.github.com/en/rest/commits/commits#compare-two-commits; `commits` come oldest first. */
const comparison = z.object({
  ahead_by: z.int().nonnegative(),
  behind_by: z.int().nonnegative(),
  commits: z.array(
    z.object({
      sha: z.string().regex(/^[0-9a-f]{40,64}$/),
      commit: z.object({ message: z.string(), author: z.object({ name: z.string().nullish() }).nullish() }),
      author: z.object({ login: z.string().nullish() }).nullish(),
    }),
  ),
});

type Comparison = z.infer<typeof comparison>;

/** As many as a card could ever show. */
const KEPT_COMMITS = 10;
const KEPT_AUTHORS = 20;
const SUBJECT_LENGTH = 200;
const AUTHOR_LENGTH = 80;

/** Null for what is no comparison. */
export function readComparison(value: unknown): Comparison | null {
  const read = comparison.safeParse(value);
  return read.success ? read.data : null;
}

/** What is kept of it, within bounds. */
export function betweenOf({ ahead_by, behind_by }: Comparison, listed: Comparison['commits']): CommitsBetween {
  const newestFirst = listed.map(commitOf).reverse();
  return {
    aheadBy: ahead_by,
    behindBy: behind_by,
    commits: newestFirst.slice(0, KEPT_COMMITS),
    authors: [...new Set(newestFirst.map(({ author }) => author))].slice(0, KEPT_AUTHORS),
  };
}

function commitOf({ sha, commit, author }: Comparison['commits'][number]): SourceCommit {
  const [firstLine = ''] = commit.message.trimStart().split(/[\r\n\u2028\u2029]/, 1);
  return {
    hash: sha.slice(0, 7),
    author: cut(commit.author?.name?.trim() || author?.login?.trim() || 'somebody', AUTHOR_LENGTH),
    subject: cut(firstLine.trim(), SUBJECT_LENGTH),
  };
}

function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}
