import type { Message } from '../chat/message.ts';
import type { FactorRequest } from '../domain/confirmation.ts';
import { composeMessage, quiet, strong, text } from './compose-message.ts';

/** Where a code goes instead of a passkey: a button with this action opens a form, or a sentence says it. */
export type CodeEntry = { readonly action: string } | { readonly words: string };

/** For one person alone: nothing was done yet, and how to confirm it. */
export function factorRequestView({ factorRequest }: FactorRequest, what: string, code: CodeEntry): Message {
  const { summary, url, expiresAt, methods } = factorRequest;
  const hasCodes = methods.some((method) => method !== 'passkey');
  const style = url === null ? 'primary' : 'normal';
  return composeMessage(`Confirm it: ${what}`, 'warning', [
    strong(`🔐 Not done yet: ${what} asks for your second factor.`),
    ...summary.map(text),
    url === null ? null : { type: 'link', label: 'Confirm with a passkey', url },
    hasCodes && 'action' in code
      ? { type: 'buttons', buttons: [{ action: code.action, label: 'Enter a code', style, confirm: null }] }
      : null,
    url === null ? null : { type: 'time', label: 'The link works once; it expires', at: expiresAt },
    hasCodes && 'words' in code
      ? text(url === null ? code.words : `Or ${code.words.slice(0, 1).toLowerCase()}${code.words.slice(1)}`)
      : null,
    url === null ? null : quiet('It is for you alone: give it to nobody.'),
  ]);
}
