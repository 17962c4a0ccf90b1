import type { Message } from '../chat/message.ts';
import { composeMessage, quiet, strong } from './compose-message.ts';

type Opening = { readonly isOpen: boolean; readonly opensAt: number | null };

/** The answer to “Tell me when it opens”. */
export function openingView(app: string, environment: string, { isOpen, opensAt }: Opening): Message {
  const summary = isOpen ? `${app} ${environment} is open now` : `You are told when ${app} ${environment} opens`;
  return composeMessage(summary, isOpen ? 'success' : 'neutral', [
    strong(`${isOpen ? '' : '🔔 '}${summary}.`),
    opensAt === null ? null : { type: 'time', label: 'Expected', at: opensAt },
    quiet(isOpen ? `Type: /deploy ${app} ${environment}` : 'In a direct message, once.'),
  ]);
}
