import { formatAction } from '../chat/action-id.ts';
import type { Element, Message } from '../chat/message.ts';
import type { Refusal } from '../domain/refusal.ts';
import { composeMessage, strong, text } from './compose-message.ts';

/** An expected "no": what is wrong, what to do or type instead, the findings line by line, and what one click can do. */
export function refusalView({ message, hint, details, times = [], offers = [] }: Refusal): Message {
  return composeMessage(message, 'warning', [
    strong(`✋ ${message}`),
    ...times.map(({ label, at }): Element => ({ type: 'time', label, at })),
    hint === null ? null : text(hint),
    { type: 'code', text: details.join('\n'), title: null },
    {
      type: 'buttons',
      buttons: offers.map(({ verb, id, label }) => ({ action: formatAction(verb, id), label, style: 'normal', confirm: null })),
    },
  ]);
}
