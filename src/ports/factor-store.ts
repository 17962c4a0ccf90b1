import type { Confirmation } from '../domain/confirmation.ts';
import type { Person } from '../domain/deployment.ts';
import type { Factor, FactorTries } from '../domain/factor.ts';

/** Set up, and worth nothing yet: somebody has to vouch for it before `until`. */
export type WaitingFactor = { readonly factor: Factor; readonly until: number };

/** Second factors, what is left of recovery codes, and how a person's tries went. */
export interface FactorStore {
  /** From here to the end of the transaction nobody else tries, adds or takes away a factor of this person. */
  lock(personId: string): Promise<FactorTries>;
  /** To look only. */
  tries(personId: string): Promise<FactorTries>;
  saveTries(personId: string, tries: FactorTries): Promise<void>;
  /** Those that count, oldest first. One that waits for a vouch is not among them. */
  list(personId: string): Promise<readonly Factor[]>;
  /**
   * False when the credential is somebody's already. With `vouchUntil` it counts for nothing before {@link vouch}. `groups`: those of
   * platforms that its person was in when they set it up.
   */
  insert(factor: Factor, how?: { readonly vouchUntil?: number | null; readonly groups?: readonly string[] }): Promise<boolean>;
  /** In which groups their factors were set up, also those that wait; each once. */
  groupsOf(personId: string): Promise<readonly string[]>;
  /** What waits, or waited in vain, until somebody vouches for it; newest first. */
  waiting(personId: string): Promise<readonly WaitingFactor[]>;
  /** One of these by its id. */
  findWaiting(id: string): Promise<WaitingFactor | null>;
  /** From here on it counts. False when it does not wait any more. */
  vouch(id: string, now: number): Promise<boolean>;
  /** Those that wait go. */
  removeWaiting(personId: string): Promise<void>;
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
    | {
        readonly kind: 'enrolment';
        /** The groups they had when they asked. */
        readonly groups?: readonly string[];
      }
    | { readonly kind: 'recovery_codes' }
    /** `speaker`: from where they asked and in which groups they were then. */
    | {
        readonly kind: 'confirmation';
        readonly confirmation: Confirmation;
        readonly speaker: Pick<Person, 'groups' | 'account' | 'session'>;
      };
  /** Random; challenges are made from it. */
  readonly nonce: string;
  /** Of the cookie of the browser that opened it first; null as long as none did. */
  readonly boundTo: string | null;
  /** A TOTP secret that waits for its first code, sealed for this link. */
  readonly pending: Uint8Array | null;
  /** When its person typed the page's number in the chat; null before that, and where none is needed. */
  readonly confirmedAt: number | null;
  /** Wrong numbers, or wrong answers of a passkey, on this link. */
  readonly wrongTries: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
};

export interface FactorLinkStore {
  /** A page to set up a factor or to see codes ends the earlier ones of its person. Those that ended long ago go. */
  save(link: FactorLink): Promise<void>;
  find(tokenHash: string): Promise<FactorLink | null>;
  /** The same by id, locked to the end of the transaction. */
  lock(id: string): Promise<FactorLink | null>;
  /** False when another browser was first. */
  bind(id: string, browserHash: string): Promise<boolean>;
  /** The page of this person that a browser began with and that waits for its number; locked to the end of the transaction. */
  lockUnconfirmed(personId: string, now: number): Promise<FactorLink | null>;
  confirm(id: string, at: number): Promise<void>;
  /** One more; how many there are now. */
  countWrong(id: string): Promise<number>;
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
  /** With their groups of then, by which their right to ask is looked at again. */
  readonly askedBy: Pick<Person, 'id' | 'name' | 'groups'>;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly doneAt: number | null;
};

export interface FactorResetStore {
  insert(reset: FactorReset): Promise<void>;
  /** The one that waits for a second admin now; locked to the end of the transaction. */
  lockOpen(personId: string, now: number): Promise<FactorReset | null>;
  /** Carried out or void: nobody agrees to it any more. */
  markDone(id: string, at: number): Promise<void>;
}
