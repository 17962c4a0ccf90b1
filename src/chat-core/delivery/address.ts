import type { Json } from '../../domain/json.ts';
import type { DesiredMessage } from '../../ports/delivery-store.ts';
import type { Messenger } from '../../ports/messenger.ts';
import { unsealHandle } from '../intake/sealed-delivery.ts';
import type { DeliveryParts } from './parts.ts';

/** Where a message goes and who reads it, as it is true until `until`. */
export type Address =
  | {
      readonly kind: 'known';
      readonly channel: string;
      readonly onlyFor: string | null;
      readonly handle: Json | null;
      readonly handleSince: number | null;
      readonly until: number;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** Handles are stored no longer than this. */
const HANDLE_STORED_MS = 3600 * 1000;
/** A handle that is about to end may end on the way. */
const MARGIN_MS = 15_000;

/**
 * Public messages go to their channel. A private one goes to the account whose delivery it answers, otherwise to the
 * person's account, in the channel where the platform can hide it there, otherwise as direct message.
 */
export async function addressOf(parts: DeliveryParts, messenger: Messenger, desired: DesiredMessage, now: number): Promise<Address> {
  const { platform, capabilities } = messenger;
  const { message, answers, delivery } = desired;
  const handle = openHandle(parts, messenger, desired, now);
  if (message.privateTo === null) return { kind: 'known', channel: message.channel, onlyFor: null, ...handle };

  const workspace = capabilities.budget.workspaceOf(message.channel);
  const account = answers?.accountId ?? (await parts.accountOf(platform, message.privateTo, workspace));
  if (account === null) return { kind: 'none', reason: 'its reader has no account here' };
  const needsHandle = capabilities.handleKeptMs !== undefined;
  const isDirect = delivery !== null && delivery.sentTo !== null;
  if (!isDirect && capabilities.ephemeral && (!needsHandle || handle.handle !== null)) {
    return { kind: 'known', channel: message.channel, onlyFor: account, ...handle };
  }
  if (!capabilities.directMessages) return { kind: 'none', reason: 'it came too late to be shown to its reader alone' };
  const channel = delivery?.sentTo ?? (await parts.directChannelOf(platform, account));
  if (channel === null) return { kind: 'none', reason: 'its reader takes no direct messages' };
  return { kind: 'known', channel, onlyFor: null, handle: null, handleSince: null, until: Number.POSITIVE_INFINITY };
}

function openHandle(
  { sealer, logger }: DeliveryParts,
  { platform, capabilities }: Messenger,
  { answers }: DesiredMessage,
  now: number,
): { handle: Json | null; handleSince: number | null; until: number } {
  const none = { handle: null, handleSince: null, until: Number.POSITIVE_INFINITY };
  if (answers === null || answers.handle === null) return none;
  const until = answers.receivedAt + Math.min(HANDLE_STORED_MS, capabilities.handleKeptMs ?? HANDLE_STORED_MS) - MARGIN_MS;
  if (now >= until) return none;
  try {
    const handle = unsealHandle(sealer, { platform, deliveryId: answers.deliveryId }, answers.handle);
    return { handle, handleSince: answers.receivedAt, until };
  } catch (error) {
    // Sealed with a key that is no longer configured.
    logger.warn({ error, platform }, 'a handle could not be opened; answering without it');
    return none;
  }
}
