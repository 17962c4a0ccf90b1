import type { FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Parts } from '../parts.ts';
import { addFactor, type PrivatePage, renewRecoveryCodes } from './ask-for-page.ts';
import { type DescribedFactors, describeFactors } from './describe-factors.ts';
import { type RemovedFactor, removeFactor } from './remove-factor.ts';
import { type ResetOutcome, resetFactors } from './reset-factors.ts';

type Proving = { readonly person: Person; readonly proof: Proof | null; readonly source: string };

/** `/mfa`. Whoever has a factor proves it; `proof` null asks how to. */
export type FactorUseCases = {
  describeFactors(request: { person: Person }): Promise<DescribedFactors>;
  /** A page to set up one more factor. */
  addFactor(request: Proving): Promise<PrivatePage | FactorRequest | Refusal>;
  /** A page that shows new recovery codes. */
  renewRecoveryCodes(request: Proving): Promise<PrivatePage | FactorRequest | Refusal>;
  /** By name or number; null for the only one. */
  removeFactor(request: Proving & { which: string | null }): Promise<RemovedFactor | FactorRequest | Refusal>;
  /** The first admin asks, the second one carries it out. */
  resetFactors(request: Proving & { target: string }): Promise<ResetOutcome | FactorRequest | Refusal>;
};

export function createFactorUseCases(parts: Parts): FactorUseCases {
  return {
    describeFactors: (request) => describeFactors(parts, request),
    addFactor: (request) => addFactor(parts, request),
    renewRecoveryCodes: (request) => renewRecoveryCodes(parts, request),
    removeFactor: (request) => removeFactor(parts, request),
    resetFactors: (request) => resetFactors(parts, request),
  };
}
