import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import type { Person } from '../../src/domain/deployment.ts';
import type { Place } from '../../src/domain/place.ts';
import type { Subscription } from '../../src/domain/subscription.ts';
import type { SubscriptionStore } from '../../src/ports/subscription-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresSubscriptionStore implements SubscriptionStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async put(subscription: Subscription): Promise<void> {
    await this.#db
      .insertInto('subscriptions')
      .values(toRow(subscription))
      .onConflict((conflict) =>
        conflict.constraint('subscriptions_one_per_channel').doUpdateSet((eb) => ({
          about: eb.ref('excluded.about'),
          created_by: eb.ref('excluded.created_by'),
          created_at: eb.ref('excluded.created_at'),
          muted_at: null,
          muted_because: null,
        })),
      )
      .execute();
  }

  async ofPlace({ platform, channel }: Place): Promise<readonly Subscription[]> {
    const rows = await this.#db
      .selectFrom('subscriptions')
      .selectAll()
      .where('platform', '=', platform)
      .where('channel', '=', channel)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toSubscription);
  }

  async ofApp(app: string): Promise<readonly Subscription[]> {
    const rows = await this.#db
      .selectFrom('subscriptions')
      .selectAll()
      .where('app', '=', app)
      .where('muted_at', 'is', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toSubscription);
  }

  async remove({ platform, channel }: Place, app: string, environment: string | null | 'any'): Promise<readonly Subscription[]> {
    let query = this.#db.deleteFrom('subscriptions').where('platform', '=', platform).where('channel', '=', channel).where('app', '=', app);
    if (environment !== 'any') query = query.where('environment', 'is not distinct from', sql<string | null>`${environment}::text`);
    return (await query.returningAll().execute()).map(toSubscription);
  }

  async mute({ platform, channel }: Place, because: string, atMs: number): Promise<readonly Subscription[]> {
    const rows = await this.#db
      .updateTable('subscriptions')
      .set({ muted_at: atMs, muted_because: because })
      .where('platform', '=', platform)
      .where('channel', '=', channel)
      .where('muted_at', 'is', null)
      .returningAll()
      .execute();
    return rows.map(toSubscription);
  }
}

function toRow({ id, place, app, environment, about, createdBy, createdAt, muted }: Subscription): Insertable<Tables['subscriptions']> {
  return {
    id,
    ...place,
    app,
    environment,
    about: storable(about),
    created_by: storable(createdBy),
    created_at: createdAt,
    muted_at: muted?.at ?? null,
    muted_because: muted?.because ?? null,
  };
}

function toSubscription(row: Selectable<Tables['subscriptions']>): Subscription {
  return {
    id: row.id,
    place: { platform: row.platform, channel: row.channel },
    app: row.app,
    environment: row.environment,
    about: row.about as Subscription['about'],
    createdBy: row.created_by as Person,
    createdAt: row.created_at,
    muted: row.muted_at === null ? null : { at: row.muted_at, because: row.muted_because ?? '' },
  };
}
