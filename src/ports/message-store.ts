import type { Place } from '../domain/place.ts';
import type { StoredMessage } from '../domain/stored-message.ts';

/**
 * The desired text of every message; chat platforms are brought to it. A message with a `key` exists once per channel
 * (`card:<deployment>`), so whoever writes it again edits it.
 */
export interface MessageStore {
  insert(message: NewMessage): Promise<StoredMessage>;
  /**
   * Inserts, or replaces content and reader (`privateTo`, `app`) of the message with this platform, channel and key; when none of
   * them changed it writes nothing. (A typed command is its writer's own until its answer turns out to be public.)
   */
  upsert(message: NewMessage & { readonly key: string }): Promise<{ message: StoredMessage; changed: boolean }>;
  find(id: string): Promise<StoredMessage | null>;
  findByKey(platform: string, channel: string, key: string): Promise<StoredMessage | null>;
  /** The channels where a message with this key stands. */
  placesOf(key: string): Promise<readonly Place[]>;
  /** Every message whose key begins so, oldest first: where it stands, and for whom. */
  standing(prefix: string): Promise<readonly StandingMessage[]>;
  /** Channel messages (not thread replies) that the reader may see, oldest first, the last `limit`. */
  channel(platform: string, channel: string, reader: Reader, limit: number, beforeId?: string): Promise<readonly StoredMessage[]>;
  thread(rootId: string, reader: Reader): Promise<readonly StoredMessage[]>;
  /** Everything written or edited after this position, for live views; positions only grow. */
  changedSince(platform: string, reader: Reader, position: number, limit: number): Promise<readonly StoredMessage[]>;
  lastPosition(): Promise<number>;
}

export type StandingMessage = Place & { readonly key: string; readonly privateTo: string | null };

export type NewMessage = Omit<StoredMessage, 'id' | 'position' | 'replies' | 'updatedAt' | 'createdAt' | 'app'> & {
  readonly app?: string | null;
  readonly at: number;
};

/** Who reads: their own private messages, and of the others what tells of these apps or of none. */
export type Reader = { readonly id: string; readonly apps: readonly string[] };
