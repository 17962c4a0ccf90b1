import type { Element, Message } from '../chat/message.ts';
import type { Notice } from '../domain/notice.ts';
import { composeMessage, strong, text } from './compose-message.ts';

/** What one person is told without having asked. */
export function noticeView({ tone, title, lines, times = [] }: Notice): Message {
  return composeMessage(title, tone, [
    strong(title),
    ...times.map(({ label, at }): Element => ({ type: 'time', label, at })),
    ...lines.map(text),
  ]);
}
