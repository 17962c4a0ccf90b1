import { randomUUID } from 'node:crypto';
import { approvesSomewhere } from '../application/approvals/approvers.ts';
import { rolesOf } from '../application/authorize.ts';
import type { Conversations } from '../chat/chat-core.ts';
import { plainText } from '../chat/plain-text.ts';
import type { Person } from '../domain/deployment.ts';
import type { StoredMessage } from '../domain/stored-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Stores } from '../ports/database.ts';
import type { Reader } from '../ports/message-store.ts';
import type { Workspace } from '../ports/workspace.ts';
import { cardKey } from './project-deployment.ts';

export type ConversationParts = {
  readonly database: Database;
  /** As it is now: the workspace file may be read again. */
  readonly workspace: () => Pick<Workspace, 'apps' | 'channels' | 'environments' | 'groups' | 'people'>;
  readonly clock: Clock;
};

/** Messages read at a time by a live view. */
const BATCH = 200;

/** What the browser chat and the terminal read: channels and people of the workspace, messages of the store. */
export function createConversations({ database, workspace, clock }: ConversationParts): Conversations {
  const { messages } = database.stores;
  const people = () => Object.entries(workspace().people).map(([id, { name }]) => ({ id, name }));
  const readerOf = (person: Person) => readerIn(workspace(), person);
  return {
    channels: () => workspace().channels,
    people,
    person: (id) => people().find((person) => person.id === id) ?? null,

    say: ({ platform, channel, threadRoot, person, text, deliveryId = randomUUID() }) =>
      database.transact(async (stores) => {
        const key = `said:${deliveryId}`;
        const earlier = await stores.messages.findByKey(platform, channel, key);
        if (isBy(earlier, person)) return earlier;
        const root = await rootFor(stores, threadRoot, { platform, channel, reader: readerOf(person) });
        const { message } = await stores.messages.upsert({
          platform,
          channel,
          threadRoot: root?.id ?? null,
          // Somebody else's delivery with this id keeps its own message.
          key: earlier === null ? key : `${key}:${person.id}`,
          author: { kind: 'person', id: person.id, name: person.name },
          privateTo: null,
          // Talk in a thread is for those who read what it is about.
          app: root?.app ?? null,
          content: plainText(text),
          at: clock.now(),
        });
        await database.notify(stores, 'message', message.id);
        return message;
      }),

    channel: (platform, channel, viewer, limit, beforeId) => messages.channel(platform, channel, readerOf(viewer), limit, beforeId),
    thread: (rootId, viewer) => messages.thread(rootId, readerOf(viewer)),
    card: async (platform, deploymentId, viewer) => {
      const key = cardKey(deploymentId);
      const place = (await messages.placesOf(key)).find((candidate) => candidate.platform === platform);
      const card = place === undefined ? null : await messages.findByKey(platform, place.channel, key);
      return card !== null && mayRead(card, readerOf(viewer)) ? card : null;
    },
    readableApps: (viewer) => readerOf(viewer).apps,
    changedSince: (platform, viewer, position) => messages.changedSince(platform, readerOf(viewer), position, BATCH),
    position: () => messages.lastPosition(),
    onChange: (callback) => database.listen('message', () => callback()),
  };
}

function isBy(message: StoredMessage | null, person: Person): message is StoredMessage {
  return message !== null && message.author.kind === 'person' && message.author.id === person.id;
}

/** Apps in which they have a role, or for which they may agree: whoever decides has to see what about. */
function readerIn(workspace: ReturnType<ConversationParts['workspace']>, person: Person): Reader {
  const apps = Object.values(workspace.apps).filter((app) => rolesOf(app, person).length > 0 || approvesSomewhere(workspace, app, person));
  return { id: person.id, apps: apps.map(({ name }) => name) };
}

function mayRead({ privateTo, app }: StoredMessage, reader: Reader): boolean {
  return (privateTo === null || privateTo === reader.id) && (app === null || reader.apps.includes(app));
}

/** The thread's root when it stands in this channel and its writer may see it; otherwise what was said goes to the channel. */
async function rootFor(
  stores: Stores,
  threadRoot: string | null,
  { platform, channel, reader }: { platform: string; channel: string; reader: Reader },
): Promise<StoredMessage | null> {
  const named = threadRoot === null ? null : await stores.messages.find(threadRoot);
  if (named === null || named.platform !== platform || named.channel !== channel || !mayRead(named, reader)) return null;
  return named.threadRoot === null ? named : stores.messages.find(named.threadRoot);
}
