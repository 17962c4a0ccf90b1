import type { Json } from '../../domain/json.ts';
import type { StoredMessage } from '../../domain/stored-message.ts';
import type { Database, Stores } from '../../ports/database.ts';
import { unpostedView } from '../../views/unposted.ts';
import type { OpenMessage } from './open-messages.ts';

/** A public message that never stood in its channel, because the platform does not let it. */
export type Unposted = { readonly message: StoredMessage; readonly because: string };

/** What others, too, were to see for the first time. An edit that is refused leaves something to read. */
export function isFirstForAll({ desired, delivery }: OpenMessage): boolean {
  return desired.message.privateTo === null && desired.message.threadRoot === null && delivery.shown === null;
}

/**
 * Whoever asked for it gets a private answer to the same delivery instead, once: a command is never answered with silence. Its
 * handle reaches them where the bot may not write. Nothing happens for what nobody asked for there (a subscription's card).
 */
export async function tellUnposted(database: Database, stores: Stores, { message, because }: Unposted, now: number): Promise<void> {
  const asked = await stores.deliveries.askedBy(message.id);
  if (asked === null) return;
  const { platform, channel } = message;
  const key = `unposted:${asked.deliveryId}`;
  if ((await stores.messages.findByKey(platform, channel, key)) !== null) return;
  const told = await stores.messages.upsert({
    platform,
    channel,
    threadRoot: null,
    key,
    author: { kind: 'bot' },
    privateTo: `account:${asked.accountId}`,
    content: unpostedView(summaryOf(message.content), because),
    at: now,
  });
  await database.notify(stores, 'message', told.message.id);
}

function summaryOf(content: Json): string {
  const summary = typeof content === 'object' && content !== null && 'summary' in content ? content['summary'] : undefined;
  return typeof summary === 'string' ? summary : 'an answer';
}
