import type { StoredMessage } from '../../../../src/domain/stored-message.ts';

/** What a message list shows, from top to bottom. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: StoredMessage; readonly isFirstOfGroup: boolean };

/** One person's messages within this time stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/**
 * Days, the line above what is new, and who starts a group. `unreadFrom` is when the reader was here last (null: no line);
 * their own messages are never new.
 */
export function groupRows(messages: readonly StoredMessage[], unreadFrom: number | null, readerId: string): readonly Row[] {
  const rows: Row[] = [];
  let previous: StoredMessage | null = null;
  let isLineDrawn = unreadFrom === null;
  for (const message of messages) {
    const startsDay = previous === null || dayOf(previous.createdAt) !== dayOf(message.createdAt);
    if (startsDay) rows.push({ kind: 'day', key: `day-${dayOf(message.createdAt)}`, at: message.createdAt });
    const startsNew = !isLineDrawn && unreadFrom !== null && message.createdAt > unreadFrom && !isBy(message, readerId);
    if (startsNew) {
      rows.push({ kind: 'new', key: 'new' });
      isLineDrawn = true;
    }
    const isFirstOfGroup = startsDay || startsNew || previous === null || !continues(previous, message);
    rows.push({ kind: 'message', key: message.id, message, isFirstOfGroup });
    previous = message;
  }
  return rows;
}

export function isBy(message: StoredMessage, personId: string): boolean {
  return message.author.kind === 'person' && message.author.id === personId;
}

function continues(previous: StoredMessage, message: StoredMessage): boolean {
  if (message.createdAt - previous.createdAt > GROUP_MS || previous.privateTo !== message.privateTo) return false;
  if (message.author.kind === 'bot' || previous.author.kind === 'bot') return message.author.kind === previous.author.kind;
  return message.author.id === previous.author.id;
}

/** The reader's own calendar day, as a key. */
function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
