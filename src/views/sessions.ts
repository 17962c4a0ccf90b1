import type { Message } from '../chat/message.ts';
import { composeMessage, quiet, strong } from './compose-message.ts';
import { count } from './wording.ts';

/** What `/sign-out` did. */
export function signedOutView({ name, isOwn, ended }: { readonly name: string; readonly isOwn: boolean; readonly ended: number }): Message {
  const whose = isOwn ? 'your' : `${name}’s`;
  if (ended === 0) {
    const nowhere = isOwn ? 'You are signed in to the browser chat nowhere else.' : `${name} is not signed in to the browser chat.`;
    return composeMessage(nowhere, 'neutral', [strong(nowhere)]);
  }
  const done = `Ended ${count(ended, 'session')} of ${whose} browser chat`;
  return composeMessage(done, 'success', [
    strong(`✅ ${done}.`),
    quiet('Pages that were open there close. Slack, Discord and tokens are not touched.'),
  ]);
}
