import { type Kysely, type Selectable, sql } from 'kysely';
import type { FactorLink, FactorLinkStore, FactorReset, FactorResetStore } from '../../src/ports/factor-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

/** A link that ended this long ago has nothing to say any more. */
const KEPT_MS = 24 * 3_600_000;

export class PostgresFactorLinkStore implements FactorLinkStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async save(link: FactorLink): Promise<void> {
    await this.#db
      .deleteFrom('factor_links')
      .where('expires_at', '<', link.expiresAt - KEPT_MS)
      .execute();
    if (link.about.kind !== 'confirmation') {
      await this.#db
        .updateTable('factor_links')
        .set({ used_at: sql<number>`least(expires_at, ${link.expiresAt})`, pending: null })
        .where('person_id', '=', link.personId)
        .where(sql`about ->> 'kind'`, '<>', 'confirmation')
        .where('used_at', 'is', null)
        .execute();
    }
    await this.#db
      .insertInto('factor_links')
      .values({
        id: link.id,
        token_hash: link.tokenHash,
        person_id: link.personId,
        person_name: storableText(link.personName),
        platform: link.platform,
        about: storable(link.about),
        nonce: link.nonce,
        bound_to: link.boundTo,
        pending: link.pending === null ? null : Buffer.from(link.pending),
        expires_at: link.expiresAt,
        used_at: link.usedAt,
        confirmed_at: link.confirmedAt,
        wrong_tries: link.wrongTries,
      })
      .execute();
  }

  async find(tokenHash: string): Promise<FactorLink | null> {
    const row = await this.#db.selectFrom('factor_links').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
    return row === undefined ? null : toLink(row);
  }

  async lock(id: string): Promise<FactorLink | null> {
    const row = await this.#db.selectFrom('factor_links').selectAll().where(sql<string>`id::text`, '=', id).forUpdate().executeTakeFirst();
    return row === undefined ? null : toLink(row);
  }

  async bind(id: string, browserHash: string): Promise<boolean> {
    const row = await this.#db
      .updateTable('factor_links')
      .set({ bound_to: browserHash })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('bound_to', 'is', null), eb('bound_to', '=', browserHash)]))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async lockUnconfirmed(personId: string, now: number): Promise<FactorLink | null> {
    const row = await this.#db
      .selectFrom('factor_links')
      .selectAll()
      .where('person_id', '=', personId)
      .where(sql`about ->> 'kind'`, '<>', 'confirmation')
      .where('used_at', 'is', null)
      .where('confirmed_at', 'is', null)
      .where('bound_to', 'is not', null)
      .where('expires_at', '>', now)
      .orderBy('expires_at', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    return row === undefined ? null : toLink(row);
  }

  async confirm(id: string, at: number): Promise<void> {
    await this.#db.updateTable('factor_links').set({ confirmed_at: at }).where('id', '=', id).execute();
  }

  async countWrong(id: string): Promise<number> {
    const row = await this.#db
      .updateTable('factor_links')
      .set((eb) => ({ wrong_tries: eb('wrong_tries', '+', 1) }))
      .where('id', '=', id)
      .returning('wrong_tries')
      .executeTakeFirstOrThrow();
    return row.wrong_tries;
  }

  async savePending(id: string, pending: Uint8Array): Promise<void> {
    await this.#db
      .updateTable('factor_links')
      .set({ pending: Buffer.from(pending) })
      .where('id', '=', id)
      .execute();
  }

  async use(id: string, at: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('factor_links')
      .set({ used_at: at, pending: null })
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async endAll(personId: string, at: number): Promise<void> {
    await this.#db
      .updateTable('factor_links')
      .set({ used_at: at, pending: null })
      .where('person_id', '=', personId)
      .where('used_at', 'is', null)
      .execute();
  }
}

function toLink(row: Selectable<Tables['factor_links']>): FactorLink {
  return {
    id: row.id,
    tokenHash: row.token_hash,
    personId: row.person_id,
    personName: row.person_name,
    platform: row.platform,
    about: row.about as FactorLink['about'],
    nonce: row.nonce,
    boundTo: row.bound_to,
    pending: row.pending === null ? null : new Uint8Array(row.pending),
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    confirmedAt: row.confirmed_at,
    wrongTries: row.wrong_tries,
  };
}

export class PostgresFactorResetStore implements FactorResetStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert({ id, personId, askedBy, askedAt, expiresAt, doneAt }: FactorReset): Promise<void> {
    const { id: asker, name, groups = [] } = askedBy;
    await this.#db
      .insertInto('factor_resets')
      .values({
        id,
        person_id: personId,
        asked_by: storable({ id: asker, name, groups }),
        asked_at: askedAt,
        expires_at: expiresAt,
        done_at: doneAt,
      })
      .execute();
  }

  async lockOpen(personId: string, now: number): Promise<FactorReset | null> {
    const row = await this.#db
      .selectFrom('factor_resets')
      .selectAll()
      .where('person_id', '=', personId)
      .where('done_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('expires_at', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    const { id, asked_by, asked_at: askedAt, expires_at: expiresAt, done_at: doneAt } = row;
    return { id, personId, askedBy: asked_by as FactorReset['askedBy'], askedAt, expiresAt, doneAt };
  }

  async markDone(id: string, at: number): Promise<void> {
    await this.#db.updateTable('factor_resets').set({ done_at: at }).where('id', '=', id).execute();
  }
}
