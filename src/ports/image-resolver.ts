/** Turns a tag into what will really run. The engine does not pin tags itself for API ≥ 1.30. */
export interface ImageResolver {
  /**
   * The registry's digest (`name:tag@sha256:…`), or the local image's id (`sha256:…`) when no registry knows it.
   * A reference that already carries a digest comes back as it is. Throws ImageNotFoundError, EngineUnavailableError.
   */
  resolve(reference: string): Promise<ResolvedImage>;
  /** Tags of the repository that a reference names, newest first where that is known; empty when it cannot be listed. */
  tags(reference: string): Promise<readonly string[]>;
}

export type ResolvedImage = { readonly reference: string; readonly pinned: string; readonly source: 'registry' | 'local' | 'given' };
