import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { FactorKind } from '../../domain/factor.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';

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
export async function prove(_parts: Parts, _stores: Stores, { proof }: ProofRequest): Promise<Proven | FactorRequest | Refusal> {
  if (proof === null) return refusal('factor_required', 'This asks for your second factor, and you have none.', 'Type /mfa to set one up.');
  return refusal('wrong_code', 'That code is wrong.', 'Try the newest one.');
}

export function isProven(value: unknown): value is Proven {
  return typeof value === 'object' && value !== null && 'proven' in value;
}
