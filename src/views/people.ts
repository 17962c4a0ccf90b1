import type { Message } from '../chat/message.ts';
import type { AppExplanation } from '../domain/access-facts.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';
import { explanation, rolesLine } from './explain-access.ts';
import { count, names } from './wording.ts';

type PersonFacts = {
  readonly id: string;
  readonly name: string;
  readonly isKnown: boolean;
  readonly accounts: readonly { readonly platform: string; readonly account: string }[];
  readonly groups: readonly string[];
  readonly apps: readonly AppExplanation[];
  /** Names of second factors. */
  readonly factors: readonly string[];
  readonly recoveryCodesLeft: number;
  /** Requests that this person may approve. */
  readonly waiting: number;
};

/** Somebody with a single app wants to know about that one. */
const EXPLAINED_AT_ONCE = 1;
const LISTED = 25;

/** Who somebody is here, and what that is worth. An account that is nobody learns how to become somebody. */
export function personView(facts: PersonFacts, isAboutOne: boolean, now: number): Message {
  const { id, name, isKnown, accounts, groups, apps, waiting } = facts;
  const summary = isKnown ? `You are ${name} (${id})` : 'Shipmate does not know you yet';
  const isExplained = isAboutOne || apps.length <= EXPLAINED_AT_ONCE;
  return composeMessage(summary, isKnown || apps.length > 0 ? 'neutral' : 'warning', [
    header(summary),
    isKnown ? null : text('If you are known on another platform, type /link there, and here the code that it gives you.'),
    isKnown ? null : text(`Otherwise ask whoever keeps shipmate.yml to list this account under people: ${id}`),
    fields([
      ['Accounts', accounts.length === 0 ? null : accounts.map(({ platform, account }) => `${platform} ${account}`).join(', ')],
      ['Groups here', groups.length === 0 ? null : groups.join(', ')],
      ['Second factors', factorsLine(facts)],
      ['Waits for your approval', waiting === 0 ? null : `${count(waiting, 'deployment')}: /approvals`],
    ]),
    ...(isExplained ? apps.flatMap((app) => explanation(app, now)) : apps.slice(0, LISTED).map((app) => text(rolesLine(app, now)))),
    apps.length > LISTED && !isExplained ? quiet(`… and ${apps.length - LISTED} more.`) : null,
    isExplained ? null : quiet(`What you may do in one of them, and why: /whoami ${apps[0]?.app ?? ''}`),
    apps.length === 0 ? quiet('You have no role in any app, so you may not see or deploy any.') : null,
  ]);
}

function factorsLine({ factors, recoveryCodesLeft }: PersonFacts): string {
  return factors.length === 0 ? 'none; /mfa add sets one up' : `${names(factors)}; ${count(recoveryCodesLeft, 'recovery code')} left`;
}

/** The code is for its reader alone. */
export function linkCodeView(code: string, expiresAt: number): Message {
  return composeMessage('Your code for another platform', 'neutral', [
    strong(code),
    text(`On the other platform, with the account that is also you, type: /link ${code}`),
    { type: 'time', label: 'It works once; it expires', at: expiresAt },
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
