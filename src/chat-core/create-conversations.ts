import { randomUUID } from 'node:crypto';
import type { Conversations } from '../chat/chat-core.ts';
import { plainText } from '../chat/plain-text.ts';
import type { Person } from '../domain/deployment.ts';
import type { StoredMessage } from '../domain/stored-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Stores } from '../ports/database.ts';
import type { Workspace } from '../ports/workspace.ts';
import { cardKey } from './project-deployment.ts';

export type ConversationParts = {
  readonly database: Database;
  /** As it is now: the workspace file may be read again. */
  readonly workspace: () => Pick<Workspace, 'channels' | 'people'>;
  readonly clock: Clock;
};

/** Messages read at a time by a live view. */
const BATCH = 200;

/** What the browser chat and the terminal read: channels and people of the workspace, messages of the store. */
export function createConversations({ database, workspace, clock }: ConversationParts): Conversations {
  const { messages } = database.stores;
  const people = () => Object.entries(workspace().people).map(([id, { name }]) => ({ id, name }));
  return {
    channels: () => workspace().channels,
    people,
    person: (id) => people().find((person) => person.id === id) ?? null,

    say: ({ platform, channel, threadRoot, person, text, deliveryId = randomUUID() }) =>
      database.transact(async (stores) => {
        const key = `said:${deliveryId}`;
        const earlier = await stores.messages.findByKey(platform, channel, key);
        if (isBy(earlier, person)) return earlier;
        const { message } = await stores.messages.upsert({
          platform,
          channel,
          threadRoot: await rootFor(stores, threadRoot, { platform, channel, person }),
          // Somebody else's delivery with this id keeps its own message.
          key: earlier === null ? key : `${key}:${person.id}`,
          author: { kind: 'person', id: person.id, name: person.name },
          privateTo: null,
          content: plainText(text),
          at: clock.now(),
        });
        await database.notify(stores, 'message', message.id);
        return message;
      }),

    channel: (platform, channel, viewer, limit, beforeId) => messages.channel(platform, channel, viewer.id, limit, beforeId),
    thread: (rootId, viewer) => messages.thread(rootId, viewer.id),
    card: async (platform, deploymentId) => {
      const key = cardKey(deploymentId);
      const place = (await messages.placesOf(key)).find((candidate) => candidate.platform === platform);
      return place === undefined ? null : messages.findByKey(platform, place.channel, key);
    },
    changedSince: (platform, viewer, position) => messages.changedSince(platform, viewer.id, position, BATCH),
    position: () => messages.lastPosition(),
    onChange: (callback) => database.listen('message', () => callback()),
  };
}

function isBy(message: StoredMessage | null, person: Person): message is StoredMessage {
  return message !== null && message.author.kind === 'person' && message.author.id === person.id;
}

/** The thread's root when it stands in this channel and its writer may see it; otherwise what was said goes to the channel. */
async function rootFor(
  stores: Stores,
  threadRoot: string | null,
  { platform, channel, person }: { platform: string; channel: string; person: Person },
): Promise<string | null> {
  const named = threadRoot === null ? null : await stores.messages.find(threadRoot);
  if (named === null || named.platform !== platform || named.channel !== channel) return null;
  const isVisible = named.privateTo === null || named.privateTo === person.id;
  return isVisible ? (named.threadRoot ?? named.id) : null;
}
