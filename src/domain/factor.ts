/** What a person proves themselves with beside their account. A recovery code replaces a factor that was lost, once. */
export type FactorKind = 'totp' | 'passkey' | 'recovery_code';

type FactorBase = {
  readonly id: string;
  readonly personId: string;
  /** As its owner tells it apart: “Authenticator app”, “Passkey of 21 November”. */
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};

/** An authenticator app (RFC 6238). */
export type TotpFactor = FactorBase & {
  readonly kind: 'totp';
  /** The shared secret, sealed for this person and this factor. */
  readonly sealed: Uint8Array;
  /** The time step of the last accepted code: only later ones are accepted. */
  readonly lastStep: number;
};

/** A WebAuthn credential (https://www.w3.org/TR/webauthn-3/). */
export type PasskeyFactor = FactorBase & {
  readonly kind: 'passkey';
  /** Base64url, as browsers name it. */
  readonly credentialId: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  /** The authenticator's signature counter: one that does not grow means a copy. */
  readonly counter: number;
  /** How the browser reaches it (`internal`, `usb` …). */
  readonly transports: readonly string[];
};

export type Factor = TotpFactor | PasskeyFactor;

/** How one person's tries went, over all factors, sessions and channels together. */
export type FactorTries = { readonly failures: number; readonly lockedUntil: number | null };

export const NO_TRIES: FactorTries = { failures: 0, lockedUntil: null };

/** Wrong tries in a row that lock a person's factors. */
export const MOST_FAILURES = 5;
export const LOCKED_MS = 15 * 60_000;

/** Until when nothing is tried for this person; null when it is. */
export function lockedUntil({ lockedUntil }: FactorTries, now: number): number | null {
  return lockedUntil !== null && lockedUntil > now ? lockedUntil : null;
}

/** One more wrong try. The last one that is allowed locks, and the count begins anew after the lock. */
export function afterFailure({ failures }: FactorTries, now: number): FactorTries {
  return failures + 1 >= MOST_FAILURES ? { failures: 0, lockedUntil: now + LOCKED_MS } : { failures: failures + 1, lockedUntil: null };
}
