import type { Confirmation } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { afterFailure, type FactorKind, type FactorTries, lockedUntil, MOST_FAILURES, NO_TRIES } from '../../domain/factor.ts';
import { type Refusal, type RefusalCode, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';

/** One try of one person, inside the transaction that locked the row of their tries. */
export type Attempt = {
  readonly person: Person;
  readonly confirmation: Pick<Confirmation, 'purpose' | 'subject' | 'hash'>;
  readonly tries: FactorTries;
  readonly now: number;
  readonly source: string;
};

/** It counts; the last one that is allowed locks, and its person is told wherever they are. */
export async function countFailure({ notices }: Pick<Parts, 'notices'>, stores: Stores, attempt: Attempt, what: string): Promise<Refusal> {
  const { person, tries, now, source } = attempt;
  const after = afterFailure(tries, now);
  await stores.factors.saveTries(person.id, after);
  await auditRefused(stores, attempt, 'wrong_code');
  const until = lockedUntil(after, now);
  if (until === null) {
    const left = MOST_FAILURES - after.failures;
    return refusal(
      'wrong_code',
      `${what} ${left === 1 ? 'One try is' : `${left} tries are`} left.`,
      'An app shows a new code every 30 s: take the newest.',
    );
  }
  await stores.audit.append({
    at: now,
    actor: person.id,
    action: 'factor.lock',
    subject: person.id,
    source,
    result: 'done',
    details: { until, locks: after.locks },
  });
  await notices.tell(stores, person.id, {
    key: `factor-lock:${until}`,
    tone: 'danger',
    title: `Your second factor is locked for ${lengthOf(until - now)}`,
    lines: [
      `${MOST_FAILURES} wrong codes in a row were entered for you, the last one from ${source}.`,
      ...(after.locks > 1 ? [`It is lock number ${after.locks} in a row: each one within a day is longer, up to 24 hours.`] : []),
      'If that was not you, somebody uses your chat account: tell an admin, and change your password there.',
      `If it was you: two owners or admins can end the lock by taking your factors away, /mfa reset ${person.id}. Then you set up new ones.`,
    ],
  });
  return lockedRefusal(until, now);
}

/**
 * A passkey's answer cannot be guessed, and comes from whoever has the link, not from an account that we know: it counts on the link.
 * Counted on the person, a link that leaked would be enough to lock them out.
 */
export async function countWrongAnswer(stores: Stores, attempt: Attempt, linkId: string): Promise<Refusal> {
  await auditRefused(stores, attempt, 'wrong_code');
  const message = 'That passkey was not accepted.';
  if ((await stores.factorLinks.countWrong(linkId)) < MOST_FAILURES)
    return refusal('wrong_code', message, 'Try again, or ask for it again in the chat.');
  await stores.factorLinks.use(linkId, attempt.now);
  return refusal('link_over', `${message} After ${MOST_FAILURES} wrong answers the page is over.`, 'Ask for it again in the chat.');
}

/** Nothing was tried. */
export function lockedRefusal(until: number, now: number): Refusal {
  return refusal(
    'factor_locked',
    `After ${MOST_FAILURES} wrong codes your second factor is locked until ${clock(until, now)} UTC (${lengthOf(until - now)}).`,
    'Wait, or ask an owner or admin to help you with /mfa reset.',
  );
}

export async function auditRefused(stores: Stores, { person, confirmation, now, source }: Attempt, why: RefusalCode): Promise<void> {
  const { purpose, subject, hash } = confirmation;
  await stores.audit.append({
    at: now,
    actor: person.id,
    action: 'factor.prove',
    subject: person.id,
    source,
    result: 'refused',
    details: { why, purpose, of: subject, hash },
  });
}

/** The count begins anew, and what it was proved for is on record. */
export async function countSuccess(
  stores: Stores,
  { person, confirmation, now, source }: Attempt,
  proven: { readonly kind: FactorKind; readonly factor: string | null },
): Promise<void> {
  const { purpose, subject, hash } = confirmation;
  await stores.factors.saveTries(person.id, NO_TRIES);
  const details = { ...proven, purpose, of: subject, hash };
  await stores.audit.append({ at: now, actor: person.id, action: 'factor.prove', subject: person.id, source, result: 'done', details });
}

function clock(at: number, now: number): string {
  const iso = new Date(at).toISOString();
  return iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? iso.slice(11, 16) : `${iso.slice(11, 16)} on ${iso.slice(0, 10)}`;
}

/** `15 min`, `4 h`, `3 h 20 min`. */
function lengthOf(ms: number): string {
  const all = Math.max(1, Math.ceil(ms / 60_000));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return `${minutes} min`;
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
}
