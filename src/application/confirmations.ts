import type { ConfirmationPurpose, Confirmed, FactorRequest } from '../domain/confirmation.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import { confirmRoleChange } from './access/confirmed.ts';
import { confirmSecretWrite } from './app-secrets/confirm-secret-write.ts';
import { confirmApproval, confirmBreakGlass } from './approvals/confirmed.ts';
import type { ConfirmedAct, ConfirmedHandler } from './confirmed-act.ts';
import { confirmAccountLink } from './link-accounts.ts';
import { confirmTokenCreate } from './machines/token-wishes.ts';
import type { Parts } from './parts.ts';
import { confirmFactorAdd, confirmRecoveryCodes } from './second-factor/ask-for-page.ts';
import { confirmFactorRemoval } from './second-factor/remove-factor.ts';
import { confirmFactorReset } from './second-factor/reset-factors.ts';
import { confirmFactorVouch } from './second-factor/vouch.ts';

/** By purpose: what the confirmation page calls once a passkey answered. */
const HANDLERS: Partial<Readonly<Record<ConfirmationPurpose, ConfirmedHandler>>> = {
  approve: confirmApproval,
  break_glass: confirmBreakGlass,
  role_change: confirmRoleChange,
  secret_write: confirmSecretWrite,
  factor_add: confirmFactorAdd,
  recovery_codes: confirmRecoveryCodes,
  factor_removal: confirmFactorRemoval,
  factor_reset: confirmFactorReset,
  factor_vouch: confirmFactorVouch,
  account_link: confirmAccountLink,
  token_create: confirmTokenCreate,
};

/** Hands what somebody confirmed to whoever does it. */
export async function confirm(parts: Parts, act: ConfirmedAct): Promise<Confirmed | Refusal | FactorRequest> {
  const handler = HANDLERS[act.confirmation.purpose];
  return handler === undefined
    ? refusal('unknown_request', 'Nothing can be confirmed this way any more.', 'Ask for it again in the chat.')
    : handler(parts, act);
}
