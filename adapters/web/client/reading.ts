import type { ChatStore } from './chat-store.ts';
import { markRead } from './model/unread.ts';
import type { ChatState } from './state.ts';

/** The open channel is being looked at: nothing in it is unread any more. */
export function markSeen(store: ChatStore): void {
  const { channel, log, marks } = store.state;
  if (channel === '' || document.visibilityState !== 'visible') return;
  let newest = 0;
  for (const message of log.values()) {
    if (message.channel === channel && message.threadRoot === null) newest = Math.max(newest, message.createdAt);
  }
  const next = markRead(marks, channel, newest);
  if (next === marks) return;
  store.set({ marks: next });
  store.kept.write('read', next);
}

/** Where the line above the news stands; null for a channel never opened before, where all of it would be news. */
export function unreadFrom({ marks }: Pick<ChatState, 'marks'>, channel: string): number | null {
  return marks[channel] ?? null;
}
