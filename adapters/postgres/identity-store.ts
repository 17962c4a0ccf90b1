import type { Kysely } from 'kysely';
import type { IdentityStore, LinkCode, LinkedAccount } from '../../src/ports/identity-store.ts';
import type { Tables } from './schema.ts';

export class PostgresIdentityStore implements IdentityStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async personOf(platform: string, account: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('identities')
      .select('person_id')
      .where('platform', '=', platform)
      .where('account', '=', account)
      .executeTakeFirst();
    return row?.person_id ?? null;
  }

  async accountsOf(personId: string): Promise<readonly LinkedAccount[]> {
    const rows = await this.#db.selectFrom('identities').selectAll().where('person_id', '=', personId).orderBy('linked_at').execute();
    return rows.map(({ platform, account, name, linked_at }) => ({ platform, account, name, linkedAt: linked_at }));
  }

  async link({ platform, account, name, linkedAt, personId }: LinkedAccount & { readonly personId: string }): Promise<boolean> {
    const row = await this.#db
      .insertInto('identities')
      .values({ platform, account, name, person_id: personId, linked_at: linkedAt })
      // Linking again to the same person changes its name only; somebody else's account is not taken.
      .onConflict((conflict) =>
        conflict.columns(['platform', 'account']).doUpdateSet({ name }).where('identities.person_id', '=', personId),
      )
      .returning('person_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async unlink(platform: string, account: string): Promise<string | null> {
    await this.#db.deleteFrom('link_codes').where('platform', '=', platform).where('account', '=', account).execute();
    const row = await this.#db
      .deleteFrom('identities')
      .where('platform', '=', platform)
      .where('account', '=', account)
      .returning('person_id')
      .executeTakeFirst();
    if (row === undefined) return null;
    const past = { platform, account, person_id: row.person_id };
    await this.#db
      .insertInto('past_links')
      .values(past)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return row.person_id;
  }

  pastAccountsOf(personId: string): Promise<readonly Pick<LinkedAccount, 'platform' | 'account'>[]> {
    return this.#db.selectFrom('past_links').select(['platform', 'account']).where('person_id', '=', personId).execute();
  }

  async saveCode({ hash, platform, account, accountName, personId, expiresAt }: LinkCode): Promise<void> {
    await this.#db.deleteFrom('link_codes').where('platform', '=', platform).where('account', '=', account).execute();
    await this.#db
      .insertInto('link_codes')
      .values({ hash, platform, account, account_name: accountName, person_id: personId, expires_at: expiresAt })
      .execute();
  }

  async useCode(hash: string, nowMs: number): Promise<LinkCode | null> {
    const row = await this.#db.deleteFrom('link_codes').where('hash', '=', hash).returningAll().executeTakeFirst();
    if (row === undefined || row.expires_at <= nowMs) return null;
    const { platform, account, account_name, person_id, expires_at } = row;
    return { hash, platform, account, accountName: account_name, personId: person_id, expiresAt: expires_at };
  }
}
