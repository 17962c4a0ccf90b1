/** Which accounts are which person, as people proved it with `/link`. What `shipmate.yml` says goes before. */
export interface IdentityStore {
  /** The person an account was linked to; null for none. */
  personOf(platform: string, account: string): Promise<string | null>;
  accountsOf(personId: string): Promise<readonly LinkedAccount[]>;
  /** False when the account is somebody else's already. */
  link(account: LinkedAccount & { readonly personId: string }): Promise<boolean>;
  /** The person it was linked to; null when it was not. Codes that it asked for end with it, and it is remembered whose it was. */
  unlink(platform: string, account: string): Promise<string | null>;
  /** Accounts that were linked to this person before. */
  pastAccountsOf(personId: string): Promise<readonly Pick<LinkedAccount, 'platform' | 'account'>[]>;
  /** Keeps a code by its hash; earlier codes of the same account end. */
  saveCode(code: LinkCode): Promise<void>;
  /** Uses a code up: of any number at once, one gets it. Null when it is unknown, used or over. */
  useCode(hash: string, nowMs: number): Promise<LinkCode | null>;
}

export type LinkedAccount = { readonly platform: string; readonly account: string; readonly name: string; readonly linkedAt: number };

/** A short-lived, single-use proof: whoever knows the code speaks for the account that asked for it. */
export type LinkCode = {
  /** Of the code; the code itself is kept nowhere. */
  readonly hash: string;
  readonly platform: string;
  readonly account: string;
  readonly accountName: string;
  /** Who that account was when it asked. */
  readonly personId: string;
  readonly expiresAt: number;
};
