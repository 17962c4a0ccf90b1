import type { Confirmation } from '../domain/confirmation.ts';
import type { Person } from '../domain/deployment.ts';
import type { Factor, FactorTries } from '../domain/factor.ts';

/** Second factors, what is left of recovery codes, and how a person's tries went. */
export interface FactorStore {
  /** From here to the end of the transaction nobody else tries, adds or takes away a factor of this person. */
  lock(personId: string): Promise<FactorTries>;
  /** To look only. */
  tries(personId: string): Promise<FactorTries>;
  saveTries(personId: string, tries: FactorTries): Promise<void>;
  /** Oldest first. */
  list(personId: string): Promise<readonly Factor[]>;
  /** False when the credential is somebody's already. */
  insert(factor: Factor): Promise<boolean>;
  /** Accepted: its step or counter moves on. */
  markUsed(id: string, used: { readonly at: number; readonly step?: number; readonly counter?: number }): Promise<void>;
  /** False when this person has no such factor. */
  remove(personId: string, id: string): Promise<boolean>;
  /** Factors and recovery codes; how many factors there were. */
  removeAll(personId: string): Promise<number>;
  /** Earlier codes end. */
  replaceRecoveryCodes(personId: string, hashes: readonly string[]): Promise<void>;
  /** True the first time, for one of those who ask at once. */
  useRecoveryCode(personId: string, hash: string, at: number): Promise<boolean>;
  /** Is it one of theirs that was used before? */
  isUsedRecoveryCode(personId: string, hash: string): Promise<boolean>;
  recoveryCodesLeft(personId: string): Promise<number>;
}

/** A page of ours that one person was given the address of. The token itself is kept nowhere. */
export type FactorLink = {
  readonly id: string;
  readonly tokenHash: string;
  readonly personId: string;
  /** As pages greet them. */
  readonly personName: string;
  /** The platform on which it was handed out: in the browser chat its reader is signed in. */
  readonly platform: string;
  readonly about:
    | { readonly kind: 'enrolment' }
    | { readonly kind: 'recovery_codes' }
    /** `speaker`: from where they asked and in which groups they were then. */
    | { readonly kind: 'confirmation'; readonly confirmation: Confirmation; readonly speaker: Pick<Person, 'groups' | 'account'> };
  /** Random; challenges are made from it. */
  readonly nonce: string;
  /** Of the cookie of the browser that opened it first; null as long as none did. */
  readonly boundTo: string | null;
  /** A TOTP secret that waits for its first code, sealed for this link. */
  readonly pending: Uint8Array | null;
  readonly expiresAt: number;
  readonly usedAt: number | null;
};

export interface FactorLinkStore {
  /** Earlier links of this person about the same kind, and those that ended long ago, go. */
  save(link: FactorLink): Promise<void>;
  find(tokenHash: string): Promise<FactorLink | null>;
  /** The same by id, locked to the end of the transaction. */
  lock(id: string): Promise<FactorLink | null>;
  /** False when another browser was first. */
  bind(id: string, browserHash: string): Promise<boolean>;
  savePending(id: string, pending: Uint8Array): Promise<void>;
  /** True for the first of those who ask at once. */
  use(id: string, at: number): Promise<boolean>;
  /** The person's open links end. */
  endAll(personId: string, at: number): Promise<void>;
}

/** One admin asked for somebody's factors to be taken away; another one has to agree. */
export type FactorReset = {
  readonly id: string;
  readonly personId: string;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly expiresAt: number;
  readonly doneAt: number | null;
};

export interface FactorResetStore {
  insert(reset: FactorReset): Promise<void>;
  /** The one that waits for a second admin now; locked to the end of the transaction. */
  lockOpen(personId: string, now: number): Promise<FactorReset | null>;
  markDone(id: string, at: number): Promise<void>;
}
