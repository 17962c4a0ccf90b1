import { type Insertable, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Delivery } from '../../src/domain/delivery.ts';
import { NOTHING_SPENT, type Spending } from '../../src/domain/delivery-budget.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';
import type { Fence } from '../../src/ports/database.ts';
import type { DeliveryProgress, DeliveryStore, DesiredMessage } from '../../src/ports/delivery-store.ts';
import { storable, storableText } from './documents.ts';
import { heldLease } from './held-lease.ts';
import type { MessageContent } from './message-content.ts';
import type { Tables } from './schema.ts';

/** Rows in one statement: a row has 16 parameters, and a statement takes 65,535. */
const CHUNK = 1_000;

/** The delivery that the key of an answer names. */
const NAMED_DELIVERY = sql`CASE WHEN m.key LIKE 'reply:%' THEN substr(m.key, 7) WHEN m.key LIKE 'unposted:%' THEN substr(m.key, 10) END`;

export class PostgresDeliveryStore implements DeliveryStore {
  readonly #db: Kysely<Tables>;
  readonly #content: MessageContent;

  constructor(db: Kysely<Tables>, content: MessageContent) {
    this.#db = db;
    this.#content = content;
  }

  changedSince(platform: string, position: number, limit: number): Promise<readonly DesiredMessage[]> {
    return this.#read(platform, sql`AND m.position > ${position} ORDER BY m.position LIMIT ${limit}`);
  }

  pending(platform: string, except: readonly string[], limit: number): Promise<readonly DesiredMessage[]> {
    return this.#read(
      platform,
      sql`AND d.platform = ${platform} AND d.state = 'pending' AND m.id <> ALL (${[...except]}::text[]) ORDER BY m.seq LIMIT ${limit}`,
    );
  }

  async progress(platform: string): Promise<DeliveryProgress> {
    const row = await this.#db.selectFrom('delivery_progress').selectAll().where('platform', '=', platform).executeTakeFirst();
    return row === undefined ? { position: 0, spending: NOTHING_SPENT } : { position: row.position, spending: row.spending as Spending };
  }

  async save(fence: Fence, platform: string, deliveries: readonly Delivery[], progress: DeliveryProgress): Promise<boolean> {
    const held = await sql`${heldLease(fence)}`.execute(this.#db);
    if (held.rows.length === 0) return false;
    for (let start = 0; start < deliveries.length; start += CHUNK) {
      await this.#upsert(deliveries.slice(start, start + CHUNK).map((delivery) => toRow(platform, delivery)));
    }
    await this.#db
      .insertInto('delivery_progress')
      .values({ platform, position: progress.position, spending: storable(progress.spending) })
      .onConflict((conflict) =>
        conflict.column('platform').doUpdateSet((eb) => ({ position: eb.ref('excluded.position'), spending: eb.ref('excluded.spending') })),
      )
      .execute();
    return true;
  }

  async find(messageId: string): Promise<Delivery | null> {
    const row = await this.#db.selectFrom('deliveries').selectAll().where('message_id', '=', messageId).executeTakeFirst();
    return row === undefined ? null : toDelivery(row);
  }

  async askedBy(messageId: string): Promise<{ readonly deliveryId: string; readonly accountId: string } | null> {
    const { rows } = await sql<{ delivery_id: string; account_id: string }>`
      SELECT i.delivery_id, i.account_id
      FROM messages m
      LEFT JOIN deployments p ON m.key LIKE 'card:%' AND p.id = substr(m.key, 6) AND p.delivery_platform = m.platform
      JOIN intake i ON i.platform = m.platform AND i.channel = m.channel AND i.delivery_id = COALESCE(p.delivery_id, ${NAMED_DELIVERY})
      WHERE m.id = ${messageId}`.execute(this.#db);
    const [row] = rows;
    return row === undefined ? null : { deliveryId: row.delivery_id, accountId: row.account_id };
  }

  async messageAt(platform: string, remoteId: string): Promise<StoredMessage | null> {
    const row = await this.#db
      .selectFrom('messages')
      .innerJoin('deliveries', 'deliveries.message_id', 'messages.id')
      .selectAll('messages')
      .where('deliveries.platform', '=', platform)
      .where('deliveries.remote_id', '=', remoteId)
      .executeTakeFirst();
    return row === undefined ? null : this.#content.toMessage(row);
  }

  async undeliverable(platform: string, limit: number): Promise<readonly Delivery[]> {
    const rows = await this.#db
      .selectFrom('deliveries')
      .innerJoin('messages', 'messages.id', 'deliveries.message_id')
      .selectAll('deliveries')
      .where('deliveries.platform', '=', platform)
      .where('deliveries.state', '=', 'undeliverable')
      .orderBy('messages.seq', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toDelivery);
  }

  async #upsert(rows: readonly Insertable<Tables['deliveries']>[]): Promise<void> {
    await this.#db
      .insertInto('deliveries')
      .values([...rows])
      .onConflict((conflict) =>
        conflict.column('message_id').doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          remote_id: eb.ref('excluded.remote_id'),
          sent_to: eb.ref('excluded.sent_to'),
          shown: eb.ref('excluded.shown'),
          shown_position: eb.ref('excluded.shown_position'),
          posting: eb.ref('excluded.posting'),
          posting_position: eb.ref('excluded.posting_position'),
          posting_since: eb.ref('excluded.posting_since'),
          looks: eb.ref('excluded.looks'),
          attempts: eb.ref('excluded.attempts'),
          next_at: eb.ref('excluded.next_at'),
          reposts: eb.ref('excluded.reposts'),
          refused: eb.ref('excluded.refused'),
          reason: eb.ref('excluded.reason'),
        })),
      )
      .execute();
  }

  /** Messages of the bot with all that their delivery needs, in one query. */
  async #read(platform: string, rest: RawBuilder<unknown>): Promise<readonly DesiredMessage[]> {
    const { rows } = await sql<Row>`
      SELECT m.*, to_jsonb(d) AS delivery, to_jsonb(r) AS root, i.delivery_id, i.account_id, i.handle, i.received_at
      FROM messages m
      LEFT JOIN deliveries d ON d.message_id = m.id
      LEFT JOIN deliveries r ON r.message_id = m.thread_root
      LEFT JOIN intake i ON i.platform = m.platform AND i.delivery_id = ${NAMED_DELIVERY}
      WHERE m.platform = ${platform} AND m.author ->> 'kind' = 'bot' ${rest}`.execute(this.#db);
    return rows.map((row) => ({
      message: this.#content.toMessage(row),
      delivery: row.delivery === null ? null : toDelivery(row.delivery),
      root: row.root === null ? null : toDelivery(row.root),
      answers: toAnswered(row),
    }));
  }
}

type Row = Selectable<Tables['messages']> & {
  readonly delivery: DeliveryRow | null;
  readonly root: DeliveryRow | null;
} & (
    | { readonly delivery_id: null }
    | { readonly delivery_id: string; readonly account_id: string; readonly handle: Buffer | null; readonly received_at: number }
  );

function toAnswered(row: Row): DesiredMessage['answers'] {
  if (row.delivery_id === null) return null;
  const handle = row.handle === null ? null : new Uint8Array(row.handle);
  return { deliveryId: row.delivery_id, accountId: row.account_id, handle, receivedAt: row.received_at };
}

type DeliveryRow = Selectable<Tables['deliveries']>;

function toRow(platform: string, { messageId, shown, posting, ...delivery }: Delivery): Insertable<Tables['deliveries']> {
  return {
    message_id: messageId,
    platform,
    state: delivery.state,
    remote_id: delivery.remoteId,
    sent_to: delivery.sentTo,
    shown: shown?.fingerprint ?? null,
    shown_position: shown?.position ?? null,
    posting: posting?.fingerprint ?? null,
    posting_position: posting?.position ?? null,
    posting_since: posting?.since ?? null,
    looks: delivery.looks,
    attempts: delivery.attempts,
    next_at: delivery.nextAt,
    reposts: delivery.reposts,
    refused: delivery.refused,
    reason: delivery.reason === null ? null : storableText(delivery.reason),
  };
}

/** The check constraint of the table holds the closed set of states. */
function toDelivery(row: DeliveryRow): Delivery {
  const { shown, shown_position, posting, posting_position, posting_since } = row;
  return {
    messageId: row.message_id,
    state: row.state as Delivery['state'],
    remoteId: row.remote_id,
    sentTo: row.sent_to,
    shown: shown === null || shown_position === null ? null : { fingerprint: shown, position: shown_position },
    posting:
      posting === null || posting_position === null || posting_since === null
        ? null
        : { fingerprint: posting, position: posting_position, since: posting_since },
    looks: row.looks,
    attempts: row.attempts,
    nextAt: row.next_at,
    reposts: row.reposts,
    refused: row.refused,
    reason: row.reason,
  };
}
