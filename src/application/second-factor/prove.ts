import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { type FactorKind, lockedUntil } from '../../domain/factor.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';
import { type Attempt, auditRefused, countFailure, countSuccess, countWrongAnswer, lockedRefusal } from './attempt.ts';
import { methodsOf } from './methods.ts';
import { CONFIRMATION_MS, newLink, platformOf } from './new-link.ts';
import { tryCode } from './try-code.ts';
import { tryPasskey } from './try-passkey.ts';

export type ProofRequest = {
  readonly person: Person;
  /** Null asks how to bring one. */
  readonly proof: Proof | null;
  readonly confirmation: Confirmation;
  readonly now: number;
  /** Platform and channel, for the audit. */
  readonly source: string;
};

export type Proven = { readonly proven: FactorKind };

/**
 * Checks a second factor in the CALLER'S transaction: that a code was used and what it was used for are one commit.
 *
 * The caller locks its own rows first, checks everything else, and proves last. Whatever comes back is to be RETURNED from the
 * transaction and never thrown: a wrong try has to stay counted, and only a commit keeps it. That the proof holds and the act is
 * refused even so uses the proof up.
 */
export async function prove(parts: Parts, stores: Stores, request: ProofRequest): Promise<Proven | FactorRequest | Refusal> {
  const { proof, now } = request;
  if (proof === null) return askForProof(parts, stores, request);
  // From here on every other try of this person waits, so that parallel guesses count one after another.
  const attempt: Attempt = { ...request, tries: await stores.factors.lock(request.person.id) };
  const until = lockedUntil(attempt.tries, now);
  if (until !== null) {
    await auditRefused(stores, attempt, 'factor_locked');
    return lockedRefusal(until, now);
  }
  return proof.by === 'code'
    ? proveByCode(parts, stores, attempt, proof.code)
    : proveByPasskey(parts, stores, attempt, { ...request, proof });
}

export function isProven(value: unknown): value is Proven {
  return typeof value === 'object' && value !== null && 'proven' in value;
}

async function askForProof(
  parts: Parts,
  stores: Stores,
  { person, confirmation, now, source }: ProofRequest,
): Promise<FactorRequest | Refusal> {
  const tries = await stores.factors.tries(person.id);
  const until = lockedUntil(tries, now);
  const methods = await methodsOf(parts, person.id, stores);
  const refused = until !== null ? lockedRefusal(until, now) : methods.length === 0 ? await noFactor(stores, person.id, now) : null;
  if (refused !== null) {
    await auditRefused(stores, { person, confirmation, tries, now, source }, refused.refused);
    return refused;
  }
  if (!methods.includes('passkey'))
    return { factorRequest: { summary: confirmation.summary, url: null, expiresAt: now + CONFIRMATION_MS, methods } };
  const { groups, account, session } = person;
  const speaker = {
    ...(groups === undefined ? {} : { groups }),
    ...(account === undefined ? {} : { account }),
    ...(session === undefined ? {} : { session }),
  };
  const { url, expiresAt } = await newLink(parts, stores, {
    person,
    platform: platformOf(person),
    about: { kind: 'confirmation', confirmation, speaker },
    now,
  });
  return { factorRequest: { summary: confirmation.summary, url, expiresAt, methods } };
}

async function proveByCode(parts: Parts, stores: Stores, attempt: Attempt, code: string): Promise<Proven | Refusal> {
  if ((await methodsOf(parts, attempt.person.id, stores)).length === 0) {
    await auditRefused(stores, attempt, 'factor_required');
    return noFactor(stores, attempt.person.id, attempt.now);
  }
  const tried = await tryCode(parts, stores, attempt.person, code, attempt.now);
  if (tried === 'wrong') return countFailure(parts, stores, attempt, 'That code is wrong.');
  if (tried === 'used') {
    // It was good once. That it is not any more tells nobody anything, so it does not count.
    await auditRefused(stores, attempt, 'code_used');
    return refusal('code_used', 'That code was used already.', 'Wait for the next one: an app shows a new code every 30 s.');
  }
  await countSuccess(stores, attempt, tried);
  return { proven: tried.kind };
}

async function proveByPasskey(
  parts: Parts,
  stores: Stores,
  attempt: Attempt,
  request: Parameters<typeof tryPasskey>[2],
): Promise<Proven | Refusal> {
  const tried = await tryPasskey(parts, stores, request);
  if (tried === 'wrong') return countWrongAnswer(stores, attempt, request.proof.confirmationId);
  if (isRefusal(tried)) {
    await auditRefused(stores, attempt, tried.refused);
    return tried;
  }
  await countSuccess(stores, attempt, tried);
  return { proven: tried.kind };
}

async function noFactor(stores: Stores, personId: string, now: number): Promise<Refusal> {
  const waits = (await stores.factors.waiting(personId)).some(({ until }) => until > now);
  const hint = waits
    ? `Yours waits until an owner or admin of an app of yours vouches for it: /mfa vouch ${personId}.`
    : 'Type /mfa add to set one up.';
  return refusal('factor_required', 'This asks for your second factor, and you have none that works here.', hint);
}
