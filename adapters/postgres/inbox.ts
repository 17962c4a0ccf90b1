import type { Kysely } from 'kysely';
import type { Inbox } from '../../src/ports/database.ts';
import type { Tables } from './schema.ts';

export class PostgresInbox implements Inbox {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** A second delivery at the same moment waits for the first one's transaction, and is new only if that one rolls back. */
  async accept(platform: string, deliveryId: string, atMs: number): Promise<boolean> {
    const row = await this.#db
      .insertInto('inbox')
      .values({ platform, delivery_id: deliveryId, at: atMs })
      .onConflict((conflict) => conflict.columns(['platform', 'delivery_id']).doNothing())
      .returning('at')
      .executeTakeFirst();
    return row !== undefined;
  }

  async forget(platform: string, deliveryId: string): Promise<void> {
    await this.#db.deleteFrom('inbox').where('platform', '=', platform).where('delivery_id', '=', deliveryId).execute();
  }

  async acceptedAt(platform: string, deliveryId: string): Promise<number | null> {
    const row = await this.#db
      .selectFrom('inbox')
      .select('at')
      .where('platform', '=', platform)
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst();
    return row?.at ?? null;
  }

  async prune(beforeMs: number): Promise<number> {
    const result = await this.#db.deleteFrom('inbox').where('at', '<', beforeMs).executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}
