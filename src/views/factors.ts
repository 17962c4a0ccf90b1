import { formatAction } from '../chat/action-id.ts';
import type { Button, Element, Message } from '../chat/message.ts';
import type { FactorKind } from '../domain/factor.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { count, names, utcTime } from './wording.ts';

type FactorFacts = {
  readonly factors: readonly {
    readonly kind: FactorKind;
    readonly name: string;
    readonly lastUsedAt: number | null;
  }[];
  readonly waiting?: { readonly name: string; readonly until: number } | null;
  readonly recoveryCodesLeft: number;
  readonly lockedUntil: number | null;
  readonly passkeys: boolean;
};

/** Fewer than this are soon none. */
const FEW_CODES = 3;

/** What a person proves themselves with, and what to type next. */
export function factorsView({ factors, waiting = null, recoveryCodesLeft, lockedUntil, passkeys }: FactorFacts, now: number): Message {
  const hasNone = factors.length === 0;
  const summary = hasNone ? 'You have no second factor' : `You have ${count(factors.length, 'second factor')}`;
  const rows = factors.map(({ name, lastUsedAt }, index) => [
    String(index + 1),
    name,
    lastUsedAt === null ? 'never' : utcTime(lastUsedAt, now),
  ]);
  return composeMessage(summary, lockedUntil !== null ? 'danger' : hasNone ? 'warning' : 'neutral', [
    header(summary),
    lockedUntil === null ? null : { type: 'time', label: 'Locked after too many wrong codes; the lock ends', at: lockedUntil },
    ...(waiting === null ? [] : waitingElements(waiting, now)),
    hasNone && waiting === null ? text('Protected environments ask for one. Type /mfa add: it takes a minute.') : null,
    { type: 'table', columns: ['#', 'Factor', 'Last used (UTC)'], rows },
    hasNone
      ? null
      : text(`${count(recoveryCodesLeft, 'recovery code')} left.${recoveryCodesLeft < FEW_CODES ? ' Make new ones: /mfa recovery' : ''}`),
    passkeys ? null : quiet('Passkeys are off here: they need a public https address, which the operator sets as SHIPMATE_URL.'),
    quiet(
      hasNone
        ? '/mfa add sets one up.'
        : '/mfa add, /mfa remove and /mfa recovery change that. Lost everything? Ask an admin for /mfa reset.',
    ),
  ]);
}

function waitingElements({ name, until }: { readonly name: string; readonly until: number }, now: number): readonly Element[] {
  if (until <= now) return [text(`Nobody vouched for “${name}” in time. Type /mfa add to set it up anew.`)];
  return [
    text(`“${name}” counts as soon as an owner or admin of an app of yours vouches for it: /mfa vouch <you>`),
    { type: 'time', label: 'It waits; that ends', at: until },
  ];
}

/** The address is for its reader alone. Where a number says that it reached them, they type it here. */
export function factorPageView({ url, expiresAt, asksNumber }: PageFacts, what: 'factor' | 'recovery codes'): Message {
  const title = what === 'factor' ? 'Set up your second factor' : 'Your new recovery codes';
  return composeMessage(title, 'neutral', [
    strong(`🔐 ${title}`),
    { type: 'link', label: what === 'factor' ? 'Set up' : 'Show them', url },
    asksNumber ? text('The page shows a number. Type it here, and the page goes on; /mfa confirm takes it, too.') : null,
    asksNumber ? { type: 'buttons', buttons: [TYPE_NUMBER] } : null,
    { type: 'time', label: 'It works once, for you alone; it expires', at: expiresAt },
    quiet(asksNumber ? 'Type only a number that you see on a page that you opened yourself.' : 'Give this address to nobody.'),
  ]);
}

type PageFacts = { readonly url: string; readonly expiresAt: number; readonly asksNumber: boolean };

const TYPE_NUMBER: Button = { action: formatAction('mfa-number', 'page'), label: 'Type the number', style: 'primary', confirm: null };

export function confirmedPageView({ confirmedUntil }: { readonly confirmedUntil: number }): Message {
  return composeMessage('Your page goes on', 'success', [
    strong('✅ Thank you: the page that shows this number goes on.'),
    { type: 'time', label: 'It expires', at: confirmedUntil },
    quiet('It was not your page? Ask for a new link at once: /mfa add ends this one.'),
  ]);
}

export function vouchedView({ vouched }: { readonly vouched: string }): Message {
  const summary = `The second factor of ${vouched} counts now`;
  return composeMessage(summary, 'success', [strong(`✅ ${summary}.`), text('They were told.')]);
}

export function removedFactorView({ name, left }: { name: string; left: number }): Message {
  const summary = `${name} is taken away`;
  return composeMessage(summary, 'success', [
    strong(`✅ ${summary}.`),
    text(left === 0 ? 'You have no second factor now. /mfa add sets one up.' : `You have ${count(left, 'second factor')} left.`),
  ]);
}

type ResetFacts =
  | { readonly reset: 'asked'; readonly name: string; readonly others: readonly string[]; readonly expiresAt: number }
  | { readonly reset: 'done'; readonly name: string };

export function factorResetView(outcome: ResetFacts, target: string): Message {
  if (outcome.reset === 'done') {
    const summary = `${outcome.name}’s second factors are gone`;
    return composeMessage(summary, 'success', [strong(`✅ ${summary}.`), text('They were told, and can set up a new one with /mfa add.')]);
  }
  const { name, others, expiresAt } = outcome;
  return composeMessage(`Another admin has to agree to reset ${name}`, 'warning', [
    strong(`You asked to take away all second factors of ${name}.`),
    text(`Another owner or admin has to type: /mfa reset ${target}`),
    others.length === 0 ? null : text(`Told: ${names(others)}.`),
    { type: 'time', label: 'Your request ends', at: expiresAt },
  ]);
}
