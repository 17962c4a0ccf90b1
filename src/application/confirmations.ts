import type { Confirmation, ConfirmationPurpose, Confirmed, FactorRequest, Proof } from '../domain/confirmation.ts';
import type { Person } from '../domain/deployment.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import { confirmSecretWrite } from './app-secrets/confirm-secret-write.ts';
import type { Parts } from './parts.ts';

export type ConfirmedAct = {
  /** As it was asked for: hand it (or what is true now, when that may differ) to `prove`, which compares. */
  readonly confirmation: Confirmation;
  readonly person: Person;
  readonly proof: Proof;
  readonly source: string;
};

/** Does what was confirmed. It opens its own transaction, and calls `prove` in it. */
export type ConfirmedHandler = (parts: Parts, act: ConfirmedAct) => Promise<Confirmed | Refusal | FactorRequest>;

/** By purpose: what the confirmation page calls once a passkey answered. */
const HANDLERS: Partial<Readonly<Record<ConfirmationPurpose, ConfirmedHandler>>> = {
  secret_write: confirmSecretWrite,
};

/** Hands a proven wish to whoever does it. */
export async function confirm(parts: Parts, act: ConfirmedAct): Promise<Confirmed | Refusal | FactorRequest> {
  const handler = HANDLERS[act.confirmation.purpose];
  return handler === undefined
    ? refusal('unknown_request', 'Nothing can be confirmed this way any more.', 'Ask for it again in the chat.')
    : handler(parts, act);
}
