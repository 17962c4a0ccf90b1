import type { CommitsBetween } from '../domain/source-commits.ts';

/** What a source host said once about two commits: it never changes, so that a card reads the same after a restart and without the host. */
export interface CommitStore {
  find(repository: string, from: string, to: string): Promise<CommitsBetween | null>;
  /** False when it was kept already: that stays as it is. */
  keep(repository: string, from: string, to: string, between: CommitsBetween): Promise<boolean>;
}
