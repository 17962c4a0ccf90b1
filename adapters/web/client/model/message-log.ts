import type { StoredMessage } from '../../../../src/domain/stored-message.ts';

/** All messages that are known here, by id. */
export type MessageLog = ReadonlyMap<string, StoredMessage>;

/** Takes what is newer than what is known. However often and in whatever order a message comes, the newest state stands once. */
export function merge(log: MessageLog, incoming: readonly StoredMessage[]): MessageLog {
  const newer = incoming.filter((message) => message.position > (log.get(message.id)?.position ?? -1));
  if (newer.length === 0) return log;
  const merged = new Map(log);
  for (const message of newer) merged.set(message.id, message);
  return merged;
}

export function channelMessages(log: MessageLog, channel: string): readonly StoredMessage[] {
  return inOrder([...log.values()].filter((message) => message.channel === channel && message.threadRoot === null));
}

export function threadMessages(log: MessageLog, rootId: string): readonly StoredMessage[] {
  return inOrder([...log.values()].filter((message) => message.threadRoot === rootId));
}

/**
 * Replies by root. The root's own count can be older than the replies that came live, and the replies here can be
 * fewer than there are: the larger of both is right.
 */
export function countReplies(log: MessageLog): ReadonlyMap<string, { readonly count: number; readonly lastAt: number | null }> {
  const counts = new Map<string, { count: number; lastAt: number | null }>();
  for (const message of log.values()) {
    if (message.threadRoot === null) continue;
    const known = counts.get(message.threadRoot) ?? { count: 0, lastAt: null };
    counts.set(message.threadRoot, { count: known.count + 1, lastAt: Math.max(known.lastAt ?? 0, message.createdAt) });
  }
  for (const message of log.values()) {
    const known = counts.get(message.id);
    if (message.replies > (known?.count ?? 0)) counts.set(message.id, { count: message.replies, lastAt: known?.lastAt ?? null });
  }
  return counts;
}

/** Is this an edit of something older than the loaded part of its channel? Showing it alone would leave a hole. */
export function isBeforeLoaded(log: MessageLog, message: StoredMessage, oldestLoadedAt: number | null): boolean {
  return oldestLoadedAt !== null && message.threadRoot === null && !log.has(message.id) && message.createdAt < oldestLoadedAt;
}

/** Of one millisecond, those known first stand first: the server answers in its own order, and edits keep a message's place. */
function inOrder(messages: StoredMessage[]): readonly StoredMessage[] {
  return messages.sort((a, b) => a.createdAt - b.createdAt);
}
