import type { Kysely, Selectable } from 'kysely';
import type { ApiToken, TokenScope } from '../../src/domain/api-token.ts';
import { namedPerson, type Person } from '../../src/domain/deployment.ts';
import type { TokenStore } from '../../src/ports/token-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresTokenStore implements TokenStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert({ id, name, maker, scope, createdAt, expiresAt }: ApiToken, hash: string): Promise<void> {
    await this.#db
      .insertInto('api_tokens')
      .values({
        id,
        hash,
        name: storableText(name),
        maker: storable(namedPerson(maker)),
        scope: storable(scope),
        created_at: createdAt,
        expires_at: expiresAt,
        revoked_at: null,
        revoked_by: null,
        last_used_at: null,
      })
      .execute();
  }

  async findByHash(hash: string): Promise<ApiToken | null> {
    const row = await this.#db.selectFrom('api_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row === undefined ? null : toToken(row);
  }

  async find(id: string): Promise<ApiToken | null> {
    const row = await this.#db.selectFrom('api_tokens').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toToken(row);
  }

  async list(limit: number): Promise<readonly ApiToken[]> {
    const rows = await this.#db.selectFrom('api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id').limit(limit).execute();
    return rows.map(toToken);
  }

  async revoke(id: string, by: Person, at: number): Promise<boolean> {
    const result = await this.#db
      .updateTable('api_tokens')
      .set({ revoked_at: at, revoked_by: storable(namedPerson(by)) })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async markUsed(id: string, at: number, everyMs: number): Promise<void> {
    await this.#db
      .updateTable('api_tokens')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at - everyMs)]))
      .execute();
  }
}

function toToken(row: Selectable<Tables['api_tokens']>): ApiToken {
  const { revoked_at: at, revoked_by: by } = row;
  return {
    id: row.id,
    name: row.name,
    maker: row.maker as Person,
    scope: row.scope as TokenScope,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revoked: at === null || by === null ? null : { at, by: by as Person },
    lastUsedAt: row.last_used_at,
  };
}
