import type { Place } from '../domain/place.ts';
import type { StoredMessage } from '../domain/stored-message.ts';

/**
 * The desired text of every message; chat platforms are brought to it. A message with a `key` exists once per channel
 * (`card:<deployment>`), so whoever writes it again edits it.
 */
export interface MessageStore {
  insert(message: NewMessage): Promise<StoredMessage>;
  /**
   * Inserts, or replaces content and reader (`privateTo`) of the message with this platform, channel and key; when neither
   * changed it writes nothing. (A typed command is its writer's own until its answer turns out to be public.)
   */
  upsert(message: NewMessage & { readonly key: string }): Promise<{ message: StoredMessage; changed: boolean }>;
  find(id: string): Promise<StoredMessage | null>;
  findByKey(platform: string, channel: string, key: string): Promise<StoredMessage | null>;
  /** The channels where a message with this key stands. */
  placesOf(key: string): Promise<readonly Place[]>;
  /** Channel messages (not thread replies) that `viewer` may see, oldest first, the last `limit`. */
  channel(platform: string, channel: string, viewer: string, limit: number, beforeId?: string): Promise<readonly StoredMessage[]>;
  thread(rootId: string, viewer: string): Promise<readonly StoredMessage[]>;
  /** Everything written or edited after this position, for live views; positions only grow. */
  changedSince(platform: string, viewer: string, position: number, limit: number): Promise<readonly StoredMessage[]>;
  lastPosition(): Promise<number>;
}

export type NewMessage = Omit<StoredMessage, 'id' | 'position' | 'replies' | 'updatedAt' | 'createdAt'> & { readonly at: number };
