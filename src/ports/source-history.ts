import type { CommitsBetween } from '../domain/source-commits.ts';

/** The host of source repositories, asked what happened between two commits. */
export interface SourceHistory {
  /**
   * From the commit `from` to the commit `to` of a repository, which is named by the address where people read it
   * (`https://github.com/acme/shop`). Answers within seconds and never rejects; asking again for the same costs nothing for a while,
   * whatever the answer was. Texts in it came from strangers and are cut to a few hundred characters.
   */
  commitsBetween(repository: string, from: string, to: string): Promise<HistoryAnswer>;
}

export type HistoryAnswer =
  | { readonly known: true; readonly between: CommitsBetween }
  | { readonly known: false; readonly because: UnknownHistory };

/**
 * `other_host`: nobody here asks that host. `not_found`: no such repository or commit, or none that we may see. `not_allowed`: the
 * token is not accepted. `busy`: asked too often. `too_large`, `malformed`: an answer that is not read. `unreachable`: none in time.
 */
export type UnknownHistory = 'other_host' | 'not_found' | 'not_allowed' | 'busy' | 'too_large' | 'malformed' | 'unreachable';
