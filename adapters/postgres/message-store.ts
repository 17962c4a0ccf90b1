import { randomUUID } from 'node:crypto';
import { type ExpressionBuilder, type Insertable, type Kysely, sql } from 'kysely';
import { isSameJson } from '../../src/domain/json.ts';
import type { Place } from '../../src/domain/place.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';
import type { MessageStore, NewMessage, Reader, StandingMessage } from '../../src/ports/message-store.ts';
import { storable } from './documents.ts';
import type { MessageContent } from './message-content.ts';
import type { Tables } from './schema.ts';

/** Positions and reply counts are the triggers' work (migrations/): whoever writes a message cannot forget them. */
export class PostgresMessageStore implements MessageStore {
  readonly #db: Kysely<Tables>;
  readonly #content: MessageContent;

  constructor(db: Kysely<Tables>, content: MessageContent) {
    this.#db = db;
    this.#content = content;
  }

  async insert(message: NewMessage): Promise<StoredMessage> {
    const row = await this.#db.insertInto('messages').values(this.#toRow(message)).returningAll().executeTakeFirstOrThrow();
    return this.#content.toMessage(row);
  }

  async upsert(message: NewMessage & { readonly key: string }): Promise<{ message: StoredMessage; changed: boolean }> {
    // Most writes of a card change nothing: found out without the lock that positions need.
    const current = await this.findByKey(message.platform, message.channel, message.key);
    const areSameReaders = current?.privateTo === message.privateTo && current.app === (message.app ?? null);
    if (current !== null && areSameReaders && isSameJson(current.content, JSON.parse(storable(message.content)))) {
      return { message: current, changed: false };
    }
    const row = await this.#db
      .insertInto('messages')
      .values(this.#toRow(message))
      .onConflict((conflict) =>
        conflict
          .columns(['platform', 'channel', 'key'])
          .where('key', 'is not', null)
          .doUpdateSet((eb) => ({
            content: eb.ref('excluded.content'),
            sealed: eb.ref('excluded.sealed'),
            private_to: eb.ref('excluded.private_to'),
            app: eb.ref('excluded.app'),
            updated_at: eb.ref('excluded.updated_at'),
          }))
          .where((eb) =>
            eb.or([
              eb('messages.content', 'is distinct from', sql`excluded.content`),
              // Sealed twice the same does not look the same: it counts as changed when two write it at once.
              eb('messages.sealed', 'is distinct from', sql<Buffer>`excluded.sealed`),
              eb('messages.private_to', 'is distinct from', sql<string>`excluded.private_to`),
              eb('messages.app', 'is distinct from', sql<string>`excluded.app`),
            ]),
          ),
      )
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) return { message: this.#content.toMessage(row), changed: true };
    const unchanged = await this.findByKey(message.platform, message.channel, message.key);
    if (unchanged === null) throw new Error(`message ${message.key} vanished between two statements`);
    return { message: unchanged, changed: false };
  }

  async find(id: string): Promise<StoredMessage | null> {
    const row = await this.#db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : this.#content.toMessage(row);
  }

  async findByKey(platform: string, channel: string, key: string): Promise<StoredMessage | null> {
    const row = await this.#db
      .selectFrom('messages')
      .selectAll()
      .where('platform', '=', platform)
      .where('channel', '=', channel)
      .where('key', '=', key)
      .executeTakeFirst();
    return row === undefined ? null : this.#content.toMessage(row);
  }

  async placesOf(key: string): Promise<readonly Place[]> {
    return this.#db.selectFrom('messages').select(['platform', 'channel']).where('key', '=', key).orderBy('seq').execute();
  }

  async standing(prefix: string): Promise<readonly StandingMessage[]> {
    const rows = await this.#db
      .selectFrom('messages')
      .select(['platform', 'channel', 'key', 'private_to as privateTo'])
      // Keys are compared bytewise, so that what begins alike stands side by side in their index.
      .where('key', '>=', prefix)
      .where('key', '<', `${prefix}\u{10FFFF}`)
      .orderBy('seq')
      .execute();
    return rows.map(({ key, ...row }) => ({ ...row, key: key ?? '' }));
  }

  async channel(platform: string, channel: string, reader: Reader, limit: number, beforeId?: string): Promise<readonly StoredMessage[]> {
    let query = this.#db
      .selectFrom('messages')
      .selectAll()
      .where('platform', '=', platform)
      .where('channel', '=', channel)
      .where('thread_root', 'is', null)
      .where(visibleTo(reader));
    if (beforeId !== undefined) {
      query = query.where('seq', '<', (eb) => eb.selectFrom('messages as before').select('before.seq').where('before.id', '=', beforeId));
    }
    const rows = await query.orderBy('seq', 'desc').limit(limit).execute();
    return rows.reverse().map((row) => this.#content.toMessage(row));
  }

  async thread(rootId: string, reader: Reader): Promise<readonly StoredMessage[]> {
    const root = await this.#db.selectFrom('messages').select('id').where('id', '=', rootId).where(visibleTo(reader)).executeTakeFirst();
    if (root === undefined) return [];
    const rows = await this.#db
      .selectFrom('messages')
      .selectAll()
      .where('thread_root', '=', rootId)
      .where(visibleTo(reader))
      .orderBy('seq')
      .execute();
    return rows.map((row) => this.#content.toMessage(row));
  }

  async changedSince(platform: string, reader: Reader, position: number, limit: number): Promise<readonly StoredMessage[]> {
    const rows = await this.#db
      .selectFrom('messages')
      .selectAll()
      .where('platform', '=', platform)
      .where('position', '>', position)
      .where(visibleTo(reader))
      .orderBy('position')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#content.toMessage(row));
  }

  async lastPosition(): Promise<number> {
    const row = await this.#db
      .selectFrom('messages')
      .select((eb) => eb.fn.max('position').as('last'))
      .executeTakeFirst();
    return row?.last ?? 0;
  }

  #toRow(message: NewMessage): Insertable<Tables['messages']> {
    const id = randomUUID();
    return {
      id,
      platform: message.platform,
      channel: message.channel,
      thread_root: message.threadRoot,
      key: message.key,
      author: storable(message.author),
      private_to: message.privateTo,
      app: message.app ?? null,
      ...this.#content.columns(message, id),
      created_at: message.at,
      updated_at: message.at,
    };
  }
}

function visibleTo({ id, apps }: Reader) {
  return (eb: ExpressionBuilder<Tables, 'messages'>) =>
    eb.and([
      eb.or([eb('private_to', 'is', null), eb('private_to', '=', id)]),
      eb.or([eb('app', 'is', null), eb('app', '=', sql<string>`ANY(${[...apps]}::text[])`)]),
    ]);
}
