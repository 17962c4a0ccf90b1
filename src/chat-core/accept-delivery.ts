import type { CommandContext } from '../chat/command.ts';
import type { Inbox } from '../ports/database.ts';
import type { NewMessage } from '../ports/message-store.ts';
import type { ChatCoreParts } from './parts.ts';

/** What a person typed, and the key of the message that shows it. */
export type TypedText = { readonly key: string; readonly text: string };

/** A process that accepted a delivery and has not answered it for this long is taken for dead. */
const ANSWER_MS = 3000;

/**
 * True the first time a delivery is seen, and again when whoever accepted it died before it was answered: effects are
 * keyed by the delivery, so what was done already is found and not done twice. What was typed is stored in the same transaction, so that a command that was
 * accepted is also visible. Deliveries of the chat have their own names in the inbox: use cases key by the platform's.
 */
export async function acceptDelivery({ database }: ChatCoreParts, context: CommandContext, typed: TypedText | null): Promise<boolean> {
  return database.transact(async (stores) => {
    const isFirst = await stores.inbox.accept(accepted(context), context.deliveryId, context.now);
    if (!isFirst && !(await isOrphaned(stores.inbox, context))) return false;
    if (typed !== null) {
      const { message } = await stores.messages.upsert(typedMessage(context, typed, { privateTo: context.person.id, app: null }));
      await database.notify(stores, 'message', message.id);
    }
    return true;
  });
}

/** Its answer is stored: a later delivery of the same changes nothing any more. */
export async function markAnswered({ database }: ChatCoreParts, context: CommandContext): Promise<void> {
  await database.stores.inbox.accept(answered(context), context.deliveryId, context.now);
}

/** Whether an answer to this delivery is stored. */
export async function isAnswered(inbox: Inbox, delivery: Pick<CommandContext, 'platform' | 'deliveryId'>): Promise<boolean> {
  return (await inbox.acceptedAt(answered(delivery), delivery.deliveryId)) !== null;
}

async function isOrphaned(inbox: Inbox, context: CommandContext): Promise<boolean> {
  if (await isAnswered(inbox, context)) return false;
  const acceptedAt = await inbox.acceptedAt(accepted(context), context.deliveryId);
  return acceptedAt !== null && context.now - acceptedAt > ANSWER_MS;
}

const accepted = ({ platform }: CommandContext): string => `chat:${platform}`;
const answered = ({ platform }: Pick<CommandContext, 'platform'>): string => `chat-answered:${platform}`;

/** Its writer alone, or everybody who may see the app that the answer tells about. */
export type Readers = { readonly privateTo: string | null; readonly app: string | null };

/** `privateTo` is the writer until the answer turns out to be public, as slash commands are shown on other platforms. */
export function typedMessage(context: CommandContext, typed: TypedText, readers: Readers): NewMessage & { readonly key: string } {
  return {
    platform: context.platform,
    channel: context.channel,
    threadRoot: null,
    key: typed.key,
    author: { kind: 'person', id: context.person.id, name: context.person.name },
    ...readers,
    content: typed.text,
    at: context.now,
  };
}
