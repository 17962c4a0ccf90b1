import type { Place } from '../domain/place.ts';
import type { Subscription } from '../domain/subscription.ts';

/** Which channel wants to see what. One per channel, app and environment. */
export interface SubscriptionStore {
  /** Inserts, or replaces what the channel's subscription to this app and environment is about; a muted one is heard again. */
  put(subscription: Subscription): Promise<void>;
  /** Everything that the channel subscribed to, oldest first. */
  ofPlace(place: Place): Promise<readonly Subscription[]>;
  /** Those of the app that are not muted. */
  ofApp(app: string): Promise<readonly Subscription[]>;
  /** Removes the channel's subscriptions to the app (to one environment of it, or to all with `'any'`) and returns them. */
  remove(place: Place, app: string, environment: string | null | 'any'): Promise<readonly Subscription[]>;
  /** Mutes all of a channel and returns those that were not muted before. */
  mute(place: Place, because: string, atMs: number): Promise<readonly Subscription[]>;
}
