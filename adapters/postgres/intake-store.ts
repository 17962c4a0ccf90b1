import { type Insertable, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Claim, DeliveryName, IntakeStore, Kept, KeptDelivery, NewDelivery } from '../../src/ports/intake-store.ts';
import type { Tables } from './schema.ts';

/** clock_timestamp(), not now(): a statement may wait, and claims are compared between statements. */
export class PostgresIntakeStore implements IntakeStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async keep(deliveries: readonly { delivery: NewDelivery; claim: Claim | null }[]): Promise<readonly Kept[]> {
    const inserted = await this.#db
      .insertInto('intake')
      .values(deliveries.map(({ delivery, claim }) => toRow(delivery, claim)))
      .onConflict((conflict) => conflict.columns(['platform', 'delivery_id']).doNothing())
      .returning('token')
      .execute();
    const tokens = new Set(inserted.map(({ token }) => token));
    if (tokens.size < deliveries.length) {
      const asked = deliveries.map(({ delivery }) => delivery.token).filter((token) => !tokens.has(token));
      const ids = deliveries.map(({ delivery }) => delivery.deliveryId);
      const own = await this.#db.selectFrom('intake').select('token').where('delivery_id', 'in', ids).where('token', 'in', asked).execute();
      for (const { token } of own) tokens.add(token);
    }
    return deliveries.map(({ delivery }) => (tokens.has(delivery.token) ? 'kept' : 'repeated'));
  }

  async withdraw(platform: string, deliveryId: string, token: string, atMs: number): Promise<void> {
    const nothing = { payload: null, handle: null, answered_at: atMs };
    await this.#db
      .insertInto('intake')
      .values({
        ...nothing,
        platform,
        delivery_id: deliveryId,
        channel: '',
        account_id: '',
        token,
        tries: 0,
        claimant: null,
        claimed_until: after(0),
        received_at: atMs,
      })
      // What somebody else's call kept, when the platform sent it twice, is not ours to withdraw.
      .onConflict((conflict) => conflict.columns(['platform', 'delivery_id']).doUpdateSet(nothing).where('intake.token', '=', token))
      .execute();
  }

  async takeOver({ claimant, forMs }: Claim, limit: number): Promise<readonly KeptDelivery[]> {
    const rows = await this.#db
      .with('open', (db) =>
        db
          .selectFrom('intake')
          .select(['platform', 'delivery_id'])
          .where('answered_at', 'is', null)
          .where('claimed_until', '<=', sql<Date>`clock_timestamp()`)
          .orderBy('received_at')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('intake')
      .from('open')
      .set((eb) => ({ claimant, claimed_until: after(forMs), tries: eb('intake.tries', '+', 1) }))
      .whereRef('intake.platform', '=', 'open.platform')
      .whereRef('intake.delivery_id', '=', 'open.delivery_id')
      .returning([
        'intake.platform',
        'intake.delivery_id',
        'intake.channel',
        'intake.account_id',
        'intake.payload',
        'intake.handle',
        'intake.received_at',
        'intake.tries',
      ])
      .execute();
    return rows
      .map((row) => ({
        platform: row.platform,
        deliveryId: row.delivery_id,
        channel: row.channel,
        accountId: row.account_id,
        payload: new Uint8Array(row.payload ?? []),
        handle: row.handle === null ? null : new Uint8Array(row.handle),
        receivedAt: row.received_at,
        tries: row.tries,
      }))
      .sort((a, b) => a.receivedAt - b.receivedAt);
  }

  async renew({ claimant, forMs }: Claim, deliveries: readonly DeliveryName[]): Promise<void> {
    const platforms = deliveries.map(({ platform }) => platform);
    const ids = deliveries.map(({ deliveryId }) => deliveryId);
    await sql`
      UPDATE intake SET claimed_until = ${after(forMs)}
      FROM unnest(${platforms}::text[], ${ids}::text[]) AS mine (platform, delivery_id)
      WHERE intake.platform = mine.platform AND intake.delivery_id = mine.delivery_id
        AND claimant = ${claimant} AND answered_at IS NULL`.execute(this.#db);
  }

  async release(platform: string, deliveryId: string, claimant: string, afterMs: number): Promise<void> {
    await this.#db
      .updateTable('intake')
      .set({ claimant: null, claimed_until: after(afterMs) })
      .where('platform', '=', platform)
      .where('delivery_id', '=', deliveryId)
      .where('claimant', '=', claimant)
      .execute();
  }

  async finish(platform: string, deliveryId: string, atMs: number): Promise<void> {
    await this.#db
      .updateTable('intake')
      .set({ payload: null, claimant: null, answered_at: atMs })
      .where('platform', '=', platform)
      .where('delivery_id', '=', deliveryId)
      .where('answered_at', 'is', null)
      .execute();
  }

  async prune(answeredBeforeMs: number, receivedBeforeMs: number): Promise<number> {
    await this.#db
      .updateTable('intake')
      .set({ handle: null })
      .where('handle', 'is not', null)
      .where('answered_at', '<', answeredBeforeMs)
      .execute();
    const result = await this.#db
      .deleteFrom('intake')
      .where('received_at', '<', receivedBeforeMs)
      .where('answered_at', 'is not', null)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

function toRow(delivery: NewDelivery, claim: Claim | null): Insertable<Tables['intake']> {
  const { platform, deliveryId, handle } = delivery;
  return {
    platform,
    delivery_id: deliveryId,
    channel: delivery.channel,
    account_id: delivery.accountId,
    payload: Buffer.from(delivery.payload),
    handle: handle === null ? null : Buffer.from(handle),
    token: delivery.token,
    tries: claim === null ? 0 : 1,
    claimant: claim?.claimant ?? null,
    claimed_until: after(claim?.forMs ?? 0),
    received_at: delivery.receivedAt,
    answered_at: null,
  };
}

function after(ms: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
