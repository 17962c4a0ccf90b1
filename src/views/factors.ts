import type { Message } from '../chat/message.ts';
import type { FactorKind } from '../domain/factor.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { count, names, utcTime } from './wording.ts';

type FactorFacts = {
  readonly factors: readonly {
    readonly kind: FactorKind;
    readonly name: string;
    readonly lastUsedAt: number | null;
  }[];
  readonly recoveryCodesLeft: number;
  readonly lockedUntil: number | null;
  readonly passkeys: boolean;
};

/** Fewer than this are soon none. */
const FEW_CODES = 3;

/** What a person proves themselves with, and what to type next. */
export function factorsView({ factors, recoveryCodesLeft, lockedUntil, passkeys }: FactorFacts, now: number): Message {
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
    hasNone ? text('Protected environments ask for one. Type /mfa add: it takes a minute.') : null,
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

/** The address is for its reader alone. */
export function factorPageView({ url, expiresAt }: { url: string; expiresAt: number }, what: 'factor' | 'recovery codes'): Message {
  const title = what === 'factor' ? 'Set up your second factor' : 'Your new recovery codes';
  return composeMessage(title, 'neutral', [
    strong(`🔐 ${title}`),
    { type: 'link', label: what === 'factor' ? 'Set up' : 'Show them', url },
    { type: 'time', label: 'It works once, for you alone; it expires', at: expiresAt },
    quiet('Give this address to nobody: whoever opens it first goes on as you.'),
  ]);
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
