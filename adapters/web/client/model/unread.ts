import type { StoredMessage } from '../../../../src/domain/stored-message.ts';
import { isBy } from './grouping.ts';

/** Up to when each channel was read: creation time of the newest message seen. Edits of old messages are no news. */
export type ReadMarks = Readonly<Record<string, number>>;

export function countUnread(messages: Iterable<StoredMessage>, marks: ReadMarks, readerId: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const message of messages) {
    if (message.threadRoot !== null || isBy(message, readerId)) continue;
    if (message.createdAt > (marks[message.channel] ?? 0)) counts[message.channel] = (counts[message.channel] ?? 0) + 1;
  }
  return counts;
}

/** Marks never go back. */
export function markRead(marks: ReadMarks, channel: string, at: number): ReadMarks {
  return at > (marks[channel] ?? 0) ? { ...marks, [channel]: at } : marks;
}
