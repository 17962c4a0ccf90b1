import type { Message } from '../chat/message.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';

type PersonFacts = {
  readonly id: string;
  readonly name: string;
  readonly isKnown: boolean;
  readonly accounts: readonly { readonly platform: string; readonly account: string }[];
  readonly groups: readonly string[];
  readonly roles: readonly { readonly app: string; readonly roles: readonly string[] }[];
};

/** Who somebody is here, and what that is worth. An account that is nobody learns how to become somebody. */
export function personView({ id, name, isKnown, accounts, groups, roles }: PersonFacts): Message {
  const summary = isKnown ? `You are ${name} (${id})` : 'Shipmate does not know you yet';
  return composeMessage(summary, isKnown || roles.length > 0 ? 'neutral' : 'warning', [
    header(summary),
    isKnown ? null : text('If you are known on another platform, type /link there, and here the code that it gives you.'),
    isKnown ? null : text(`Otherwise ask whoever keeps shipmate.yml to list this account under people: ${id}`),
    fields([
      ['Accounts', accounts.length === 0 ? null : accounts.map(({ platform, account }) => `${platform} ${account}`).join(', ')],
      ['Groups here', groups.length === 0 ? null : groups.join(', ')],
    ]),
    { type: 'table', columns: ['App', 'Your roles'], rows: roles.map((one) => [one.app, one.roles.join(', ')]) },
    roles.length === 0 ? quiet('You have no role in any app, so you may not see or deploy any.') : null,
  ]);
}

/** The code is for its reader alone. */
export function linkCodeView(code: string, expiresAt: number): Message {
  return composeMessage('Your code for another platform', 'neutral', [
    strong(code),
    text(`On the other platform, with the account that is also you, type: /link ${code}`),
    { type: 'time', label: 'It works once, until', at: expiresAt },
    quiet('Whoever types it there becomes you. Give it to nobody.'),
  ]);
}

export function linkedView(name: string): Message {
  return composeMessage(`This account is ${name} now`, 'success', [
    strong(`✅ This account is ${name} now.`),
    text('Your roles hold here, too. /whoami shows them; /unlink undoes it.'),
  ]);
}

export function unlinkedView(): Message {
  return composeMessage('This account is linked no more', 'success', [strong('✅ This account is nobody’s any more.')]);
}
