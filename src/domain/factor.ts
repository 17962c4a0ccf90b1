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

/** A person's first factor counts at once, or when somebody who answers for an app of theirs vouched for it. */
export const FIRST_FACTORS = ['open', 'vouched'] as const;
export type FirstFactor = (typeof FIRST_FACTORS)[number];

/** How one person's tries went, over all factors, sessions and channels together. */
export type FactorTries = {
  readonly failures: number;
  /** The end of the newest lock, also when it is over; null before the first one. */
  readonly lockedUntil: number | null;
  /** Locks that followed one another, each within a day of the one before. */
  readonly locks: number;
};

export const NO_TRIES: FactorTries = { failures: 0, lockedUntil: null, locks: 0 };

/** Wrong tries in a row that lock a person's factors. */
export const MOST_FAILURES = 5;
/** The first lock; each further one within a day is four times as long, up to a day. */
export const LOCKED_MS = 15 * 60_000;
export const LONGEST_LOCK_MS = 24 * 3_600_000;
const GROWS_BY = 4;
/** So long after a lock the next one is longer. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Until when nothing is tried for this person; null when it is. */
export function lockedUntil({ lockedUntil }: FactorTries, now: number): number | null {
  return lockedUntil !== null && lockedUntil > now ? lockedUntil : null;
}

/**
 * One more wrong try. The last one that is allowed locks, and the count begins anew after the lock. Whoever goes on guessing waits
 * longer each time (15 min, 1 h, 4 h, 16 h, 24 h): at most ten tries an hour, and five a day in the end.
 */
export function afterFailure({ failures, lockedUntil, locks }: FactorTries, now: number): FactorTries {
  if (failures + 1 < MOST_FAILURES) return { failures: failures + 1, lockedUntil, locks };
  const isRepeated = lockedUntil !== null && now - lockedUntil < REMEMBERED_MS;
  const count = isRepeated ? locks + 1 : 1;
  return { failures: 0, lockedUntil: now + lockLength(count), locks: count };
}

function lockLength(count: number): number {
  return Math.min(LOCKED_MS * GROWS_BY ** (count - 1), LONGEST_LOCK_MS);
}
