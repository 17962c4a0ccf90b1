import type { Confirmation, Confirmed, FactorRequest, Proof } from '../domain/confirmation.ts';
import type { Person } from '../domain/deployment.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Parts } from './parts.ts';

/** Something that its person confirmed on a page of ours. */
export type ConfirmedAct = {
  /** As it was asked for. `prove` gets what is true now, and compares: nothing else than what was read is done. */
  readonly confirmation: Confirmation;
  readonly person: Person;
  readonly proof: Proof;
  readonly source: string;
};

/** Does what was confirmed. It opens its own transaction, and calls `prove` in it. */
export type ConfirmedHandler = (parts: Parts, act: ConfirmedAct) => Promise<Confirmed | Refusal | FactorRequest>;
