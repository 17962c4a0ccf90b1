import type { Delivery } from '../domain/delivery.ts';
import type { Spending } from '../domain/delivery-budget.ts';
import type { StoredMessage } from '../domain/stored-message.ts';
import type { Fence } from './fence.ts';

/**
 * What of the messages stands on its platform. The message store has what should stand; the delivery loop brings one to the
 * other. Only the bot's own messages are delivered.
 */
export interface DeliveryStore {
  /** The bot's messages written or edited after this position, oldest change first. */
  changedSince(platform: string, position: number, limit: number): Promise<readonly DesiredMessage[]>;
  /** Messages with something left to do, oldest first, except those named. */
  pending(platform: string, except: readonly string[], limit: number): Promise<readonly DesiredMessage[]>;
  /** The position up to which every change has its delivery, and what was spent of the platform's budgets. */
  progress(platform: string): Promise<DeliveryProgress>;
  /** In `transact`, while the lease is still held; false when it is not, and nothing was written. */
  save(fence: Fence, platform: string, deliveries: readonly Delivery[], progress: DeliveryProgress): Promise<boolean>;
  find(messageId: string): Promise<Delivery | null>;
  /**
   * The delivery from a person that this message answers: by its key, or as the card of the deployment that was asked for in
   * the same channel. Null when nobody's delivery asked for it there.
   */
  askedBy(messageId: string): Promise<{ readonly deliveryId: string; readonly accountId: string } | null>;
  /** The message that stands there under this id of the platform's. */
  messageAt(platform: string, remoteId: string): Promise<StoredMessage | null>;
  /** What could not be delivered, newest message first. */
  undeliverable(platform: string, limit: number): Promise<readonly Delivery[]>;
}

export type DeliveryProgress = { readonly position: number; readonly spending: Spending };

export type DesiredMessage = {
  readonly message: StoredMessage;
  /** Null when it was never looked at. */
  readonly delivery: Delivery | null;
  /** Of the message whose thread this one is in. */
  readonly root: Delivery | null;
  /** The delivery from a person that this message answers. */
  readonly answers: {
    readonly deliveryId: string;
    readonly accountId: string;
    readonly handle: Uint8Array | null;
    readonly receivedAt: number;
  } | null;
};
