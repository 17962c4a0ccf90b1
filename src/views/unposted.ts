import type { Message } from '../chat/message.ts';
import { composeMessage, quiet, strong, text } from './compose-message.ts';

/** To whoever asked, alone: what was meant for the channel could not be posted there. `what` is its summary. */
export function unpostedView(what: string, because: string): Message {
  const summary = 'I could not write in this channel';
  return composeMessage(summary, 'warning', [
    strong(`🔇 ${summary} (${because}). Only you see this:`),
    text(what),
    quiet('Your command was carried out. To see its answers here, invite me (/invite @shipmate), or ask in another channel.'),
  ]);
}
