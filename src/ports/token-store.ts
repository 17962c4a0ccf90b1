import type { ApiToken } from '../domain/api-token.ts';
import type { Person } from '../domain/deployment.ts';

/** API tokens by their hash. The tokens themselves are kept nowhere. */
export interface TokenStore {
  insert(token: ApiToken, hash: string): Promise<void>;
  /** In force or not. */
  findByHash(hash: string): Promise<ApiToken | null>;
  find(id: string): Promise<ApiToken | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly ApiToken[]>;
  /** False when it was revoked already, or there is none. */
  revoke(id: string, by: Person, at: number): Promise<boolean>;
  /** Remembers the newest use; not more often than `everyMs`, for a busy token must not write a row each time. */
  markUsed(id: string, at: number, everyMs: number): Promise<void>;
}
