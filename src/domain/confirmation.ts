import type { FactorKind } from './factor.ts';
import { canonicalJson, isSameJson, type Json, type JsonObject } from './json.ts';

/** What may be asked to be confirmed with a second factor. */
export const CONFIRMATION_PURPOSES = [
  'approve',
  'break_glass',
  'role_change',
  'secret_write',
  'factor_add',
  'factor_removal',
  'recovery_codes',
  'factor_reset',
  'factor_vouch',
  'account_link',
  'token_create',
] as const;
export type ConfirmationPurpose = (typeof CONFIRMATION_PURPOSES)[number];

/** Exactly one act that a person proves to want. A proof holds for nothing else. */
export type Confirmation = {
  readonly purpose: ConfirmationPurpose;
  /** What it is done to: an approval request's id, `shop/production`, a person's id. */
  readonly subject: string;
  /** Of what is confirmed, where it has one (a plan's hash). */
  readonly hash: string | null;
  /** What a person reads before they confirm, a line each. */
  readonly summary: readonly string[];
  /** What to do once it is confirmed. Never a secret in clear: it is stored until then. */
  readonly values: JsonObject;
};

/** What somebody shows. It is checked in the transaction of what it is for. */
export type Proof =
  /** From an authenticator app, or a recovery code. Never stored, logged or repeated. */
  | { readonly by: 'code'; readonly code: string }
  /** What the browser answered on the confirmation page; `confirmationId` is the link's. */
  | { readonly by: 'passkey'; readonly confirmationId: string; readonly response: Json };

/** How to bring the proof that is missing. */
export type FactorRequest = {
  readonly factorRequest: {
    /** What is going to be confirmed, a line each. */
    readonly summary: readonly string[];
    /** A page of ours, for a passkey: works once, for the person who asked. Null when there is none to go to. */
    readonly url: string | null;
    /** When the page ends. */
    readonly expiresAt: number;
    /** What this person has; `passkey` only with a page to use it on. */
    readonly methods: readonly FactorKind[];
  };
};

export function isFactorRequest(value: unknown): value is FactorRequest {
  return typeof value === 'object' && value !== null && 'factorRequest' in value;
}

/** The text that a passkey's challenge is made of: everything that makes one confirmation another one, and whose it is. */
export function confirmationIdentity({ purpose, subject, hash, summary, values }: Confirmation, personId: string): string {
  return canonicalJson({ purpose, subject, hash, summary, values, personId });
}

/** Would confirming the one be confirming the other? The words for people may differ, what is done may not. */
export function isSameConfirmation(a: Confirmation, b: Confirmation): boolean {
  const what = ({ purpose, subject, hash, values }: Confirmation) => ({ purpose, subject, hash, values });
  return isSameJson(what(a), what(b));
}

/** What a confirmed act answers on the page, and where to go on. `secret` is shown there this once, and kept nowhere. */
export type Confirmed = { readonly title: string; readonly detail: string; readonly url?: string; readonly secret?: string };
