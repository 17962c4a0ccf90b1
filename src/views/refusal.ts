import type { Message } from '../chat/message.ts';
import type { Refusal } from '../domain/refusal.ts';
import { composeMessage, strong, text } from './compose-message.ts';

/** An expected "no": what is wrong, what to do or type instead, and the findings line by line. */
export function refusalView(refused: Refusal): Message {
  return composeMessage(refused.message, 'warning', [
    strong(`✋ ${refused.message}`),
    refused.hint === null ? null : text(refused.hint),
    { type: 'code', text: refused.details.join('\n'), title: null },
  ]);
}
