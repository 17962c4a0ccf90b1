import type { Kysely } from 'kysely';
import type { TokenWish, TokenWishStore } from '../../src/ports/token-wish-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

const KEPT_MS = 24 * 3_600_000;

export class PostgresTokenWishStore implements TokenWishStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async save({ id, personId, wish, expiresAt, provenAt, usedAt }: TokenWish): Promise<void> {
    await this.#db
      .deleteFrom('token_wishes')
      .where('expires_at', '<', expiresAt - KEPT_MS)
      .execute();
    await this.#db
      .insertInto('token_wishes')
      .values({ id, person_id: personId, wish: storable(wish), expires_at: expiresAt, proven_at: provenAt, used_at: usedAt })
      .execute();
  }

  async lock(id: string): Promise<TokenWish | null> {
    const row = await this.#db.selectFrom('token_wishes').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (row === undefined) return null;
    const { person_id: personId, expires_at: expiresAt, proven_at: provenAt, used_at: usedAt } = row;
    return { id, personId, wish: row.wish as TokenWish['wish'], expiresAt, provenAt, usedAt };
  }

  async markProven(id: string, at: number, expiresAt: number): Promise<void> {
    await this.#db.updateTable('token_wishes').set({ proven_at: at, expires_at: expiresAt }).where('id', '=', id).execute();
  }

  async markUsed(id: string, at: number): Promise<void> {
    await this.#db.updateTable('token_wishes').set({ used_at: at }).where('id', '=', id).execute();
  }
}
