import type { FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Parts } from '../parts.ts';
import { addFactor, type PrivatePage, renewRecoveryCodes } from './ask-for-page.ts';
import { type ConfirmedPage, type ConfirmPageRequest, confirmPage } from './confirm-page.ts';
import { type DescribedFactors, describeFactors } from './describe-factors.ts';
import { type RemovedFactor, removeFactor } from './remove-factor.ts';
import { type ResetOutcome, resetFactors } from './reset-factors.ts';
import { findWaitingFactor, type VouchedFactor, vouchForFactor } from './vouch.ts';

type Proving = { readonly person: Person; readonly proof: Proof | null; readonly source: string };

/** `/mfa`. Whoever has a factor proves it; `proof` null asks how to. */
export type FactorUseCases = {
  describeFactors(request: { person: Person }): Promise<DescribedFactors>;
  /** A page to set up one more factor. */
  addFactor(request: Proving): Promise<PrivatePage | FactorRequest | Refusal>;
  /** The number that such a page shows, typed in the chat: the page goes on. */
  confirmPage(request: ConfirmPageRequest): Promise<ConfirmedPage | Refusal>;
  /** A page that shows new recovery codes. */
  renewRecoveryCodes(request: Proving): Promise<PrivatePage | FactorRequest | Refusal>;
  /** By name or number; null for the only one. */
  removeFactor(request: Proving & { which: string | null }): Promise<RemovedFactor | FactorRequest | Refusal>;
  /** What somebody set up first, while it waits for a vouch; for whoever may give it. */
  findWaitingFactor(request: { person: Person; target: string }): Promise<{ readonly factor: string } | Refusal>;
  /** It counts from then on. */
  vouchForFactor(request: Proving & { factor: string }): Promise<VouchedFactor | FactorRequest | Refusal>;
  /** The first admin asks, the second one carries it out. */
  resetFactors(request: Proving & { target: string }): Promise<ResetOutcome | FactorRequest | Refusal>;
};

export function createFactorUseCases(parts: Parts): FactorUseCases {
  return {
    describeFactors: (request) => describeFactors(parts, request),
    addFactor: (request) => addFactor(parts, request),
    confirmPage: (request) => confirmPage(parts, request),
    renewRecoveryCodes: (request) => renewRecoveryCodes(parts, request),
    removeFactor: (request) => removeFactor(parts, request),
    findWaitingFactor: (request) => findWaitingFactor(parts, request),
    vouchForFactor: (request) => vouchForFactor(parts, request),
    resetFactors: (request) => resetFactors(parts, request),
  };
}
