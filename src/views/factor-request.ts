import type { Message } from '../chat/message.ts';
import type { FactorRequest } from '../domain/confirmation.ts';
import { composeMessage, quiet, strong, text } from './compose-message.ts';

/** For one person alone: nothing was done yet, and how to confirm it. `again` says where a code goes instead. */
export function factorRequestView({ factorRequest }: FactorRequest, what: string, again: string): Message {
  const { url, expiresAt, methods } = factorRequest;
  const hasCodes = methods.some((method) => method !== 'passkey');
  return composeMessage(`Confirm it: ${what}`, 'warning', [
    strong(`🔐 Not done yet: ${what} asks for your second factor.`),
    url === null ? null : { type: 'link', label: 'Confirm with a passkey', url },
    url === null ? null : { type: 'time', label: 'The link works once, until', at: expiresAt },
    hasCodes ? text(again) : null,
    url === null && !hasCodes ? text('You have none yet: /mfa sets one up.') : null,
    url === null ? null : quiet('It is for you alone: give it to nobody.'),
  ]);
}
