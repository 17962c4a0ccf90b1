import type { Message } from '../chat/message.ts';
import { composeMessage, quiet, strong, text } from './compose-message.ts';

/** Our own failure, told without its insides: those are in the log under the reference. */
export function faultView(what: string, reference: string, isTransient: boolean): Message {
  return composeMessage(`Something broke on our side (reference ${reference})`, 'danger', [
    strong(`💥 Something broke on our side while handling ${what}.`),
    text(
      isTransient
        ? 'It is probably passing: try again in a moment. /doctor says what does not answer.'
        : 'Try again; if it stays, give the operator the reference.',
    ),
    quiet(`reference ${reference}`),
  ]);
}
