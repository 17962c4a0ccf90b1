import type { TokenScope } from '../domain/api-token.ts';

/** A token that somebody asked for and that waits for their second factor. The token itself does not exist yet. */
export type TokenWish = {
  readonly id: string;
  readonly personId: string;
  readonly wish: { readonly name: string; readonly scope: TokenScope; readonly forMs: number };
  /** Until then it is confirmed, and shown. */
  readonly expiresAt: number;
  /** When its person brought their factor; null before. */
  readonly provenAt: number | null;
  /** When the token was made and shown, which happens once; null before. */
  readonly usedAt: number | null;
};

export interface TokenWishStore {
  /** Those that ended a day ago go. */
  save(wish: TokenWish): Promise<void>;
  /** Locked to the end of the transaction. */
  lock(id: string): Promise<TokenWish | null>;
  markProven(id: string, at: number, expiresAt: number): Promise<void>;
  markUsed(id: string, at: number): Promise<void>;
}
