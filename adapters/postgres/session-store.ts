import type { Kysely, Selectable } from 'kysely';
import type { WebSession } from '../../src/domain/web-session.ts';
import type { SessionStore } from '../../src/ports/session-store.ts';
import { storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresSessionStore implements SessionStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert({ id, personId, createdAt, lastSeenAt, endsAt, browser }: WebSession, tokenHash: string): Promise<void> {
    await this.#db
      .insertInto('web_sessions')
      .values({
        id,
        token_hash: tokenHash,
        person_id: personId,
        created_at: createdAt,
        last_seen_at: lastSeenAt,
        ends_at: endsAt,
        browser: storableText(browser),
      })
      .execute();
  }

  async findByHash(tokenHash: string): Promise<WebSession | null> {
    const row = await this.#db.selectFrom('web_sessions').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
    return row === undefined ? null : toSession(row);
  }

  async find(id: string): Promise<WebSession | null> {
    const row = await this.#db.selectFrom('web_sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toSession(row);
  }

  async ofPerson(personId: string): Promise<readonly WebSession[]> {
    const rows = await this.#db
      .selectFrom('web_sessions')
      .selectAll()
      .where('person_id', '=', personId)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(toSession);
  }

  async markSeen(id: string, at: number, everyMs: number): Promise<void> {
    await this.#db
      .updateTable('web_sessions')
      .set({ last_seen_at: at })
      .where('id', '=', id)
      .where('last_seen_at', '<=', at - everyMs)
      .execute();
  }

  async end(id: string): Promise<WebSession | null> {
    const row = await this.#db.deleteFrom('web_sessions').where('id', '=', id).returningAll().executeTakeFirst();
    return row === undefined ? null : toSession(row);
  }

  async endOf(personId: string, except: string | null): Promise<readonly WebSession[]> {
    let query = this.#db.deleteFrom('web_sessions').where('person_id', '=', personId);
    if (except !== null) query = query.where('id', '!=', except);
    return (await query.returningAll().execute()).map(toSession);
  }

  async endOver(now: number, idleSince: number): Promise<readonly WebSession[]> {
    const rows = await this.#db
      .deleteFrom('web_sessions')
      .where((eb) => eb.or([eb('ends_at', '<=', now), eb('last_seen_at', '<=', idleSince)]))
      .returningAll()
      .execute();
    return rows.map(toSession);
  }
}

function toSession(row: Selectable<Tables['web_sessions']>): WebSession {
  return {
    id: row.id,
    personId: row.person_id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    endsAt: row.ends_at,
    browser: row.browser,
  };
}
