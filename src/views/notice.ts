import { formatAction } from '../chat/action-id.ts';
import type { Element, Message } from '../chat/message.ts';
import type { Notice } from '../domain/notice.ts';
import { composeMessage, strong, text } from './compose-message.ts';

/** What one person is told without having asked. */
export function noticeView({ tone, title, lines, times = [], offers = [] }: Notice): Message {
  return composeMessage(title, tone, [
    strong(title),
    ...times.map(({ label, at }): Element => ({ type: 'time', label, at })),
    ...lines.map(text),
    {
      type: 'buttons',
      buttons: offers.map(({ verb, id, label }) => ({ action: formatAction(verb, id), label, style: 'normal', confirm: null })),
    },
  ]);
}
