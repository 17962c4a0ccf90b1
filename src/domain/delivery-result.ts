/** What came of one attempt to bring a message to its platform. */
export type DeliveryResult =
  /** It stands. `remoteId` is what edits and replies name it by; null when it can never be edited (an answer for one person). */
  | { readonly kind: 'delivered'; readonly remoteId: string | null }
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number; readonly scope: 'channel' | 'workspace' }
  /** The message to edit was deleted by somebody; for a post: the message whose thread it belongs to was. */
  | { readonly kind: 'gone' }
  /** It stands, and the platform edits it no more (too old): a fresh one is to be posted. */
  | { readonly kind: 'not_editable' }
  /** Never, as things are. `channelIsGone`: nor anything else in this channel (deleted, archived, we were removed). */
  | { readonly kind: 'refused'; readonly reason: string; readonly channelIsGone: boolean }
  /** Certainly not applied, and worth trying again. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** The request left and no answer came, or the platform broke while it worked on it: perhaps it was applied. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type FindResult =
  | { readonly kind: 'found'; readonly remoteId: string }
  | { readonly kind: 'absent' }
  /** Could not be looked up now; nothing is known. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number | null };
