import type { Place } from '../domain/place.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/logger.ts';
import { mutedView } from '../views/subscriptions.ts';

export type MuteParts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The address where one person is written to alone, on the platform of the channel; null when they have none there. */
  readonly directChannelOf: (place: Place, personId: string) => Promise<string | null>;
};

/** A channel that cannot be written to any more follows nothing, and whoever made it follow something is told once. */
export async function muteChannel({ database, clock, logger, directChannelOf }: MuteParts, place: Place, because: string): Promise<void> {
  const muted = await database.transact(async (stores) => {
    const now = clock.now();
    const subscriptions = await stores.subscriptions.mute(place, because, now);
    for (const { app, environment } of subscriptions) {
      const subject = environment === null ? app : `${app}/${environment}`;
      const source = `${place.platform}:${place.channel}`;
      await stores.audit.append({
        at: now,
        actor: 'system',
        action: 'subscription.mute',
        subject,
        source,
        result: 'done',
        details: { because },
      });
    }
    return subscriptions;
  });
  for (const subscription of muted) {
    const channel = await directChannelOf(place, subscription.createdBy.id);
    if (channel === null) {
      logger.warn({ place, app: subscription.app, because }, 'a subscription is muted, and its maker cannot be told');
      continue;
    }
    await database.transact(async (stores) => {
      const { message } = await stores.messages.upsert({
        platform: place.platform,
        channel,
        threadRoot: null,
        key: `muted:${subscription.id}:${subscription.muted?.at ?? 0}`,
        author: { kind: 'bot' },
        privateTo: null,
        content: mutedView(subscription, place.channel, because),
        at: clock.now(),
      });
      await database.notify(stores, 'message', message.id);
    });
  }
}
