/** One commit, as its author wrote it: every text is a stranger's and as long as they like. */
export type SourceCommit = {
  /** Shortened, as people say it. */
  readonly hash: string;
  readonly author: string;
  /** The first line of its message. */
  readonly subject: string;
};

/** How two commits of one repository stand to each other. It never changes. */
export type CommitsBetween = {
  /** Commits that the second has and the first has not. */
  readonly aheadBy: number;
  /** Commits that the first has and the second has not. */
  readonly behindBy: number;
  /** Newest first, the newest ones only. Those that come; where none come, those that go. */
  readonly commits: readonly SourceCommit[];
  /** Of all of them that were looked at, each once, whoever wrote the newest first. */
  readonly authors: readonly string[];
};

export type Course = 'forward' | 'back' | 'diverged' | 'same';

/** Where a deployment leads in the history: on, back, or to another branch of it. */
export function courseOf({ aheadBy, behindBy }: CommitsBetween): Course {
  if (aheadBy > 0) return behindBy > 0 ? 'diverged' : 'forward';
  return behindBy > 0 ? 'back' : 'same';
}
