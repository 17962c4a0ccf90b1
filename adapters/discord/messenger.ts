import type { Message } from '../../src/chat/message.ts';
import { messageSchema } from '../../src/chat/message-schema.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeliveryResult, FindResult, Messenger, MessengerCapabilities, OutgoingMessage } from '../../src/ports/messenger.ts';
import { directMessagesWith, isSnowflake, parseRemoteId, remoteIdOf } from './addresses.ts';
import { answerPrivately } from './answer-privately.ts';
import { createDirectChannels } from './direct-channels.ts';
import { createFinder } from './find-message.ts';
import { identityOf } from './identity-of-message.ts';
import { DISCORD_LIMITS } from './limits.ts';
import { readOutcome } from './outcome.ts';
import { postMessage } from './post-message.ts';
import { renderMessage } from './render-message.ts';
import type { DiscordRest } from './rest.ts';
import { createThreads } from './threads.ts';

const CAPABILITIES: MessengerCapabilities = {
  threads: true,
  edits: true,
  ephemeral: true,
  directMessages: true,
  forms: true,
  // Later answers for one person are direct messages.
  handleKeptMs: DISCORD_LIMITS.interactionTokenMs,
  budget: {
    // Discord's headers decide; this only keeps one channel's burst inside the usual five messages in five seconds.
    perChannelMs: 1000,
    editsPerMinute: null,
    workspaceOf: () => 'discord',
  },
};

/**
 * Discord as the delivery loop works with it. An answer for one person takes the place of the interaction's own response; without
 * an interaction to answer (a mention) it is a direct message.
 */
export function createDiscordMessenger(rest: DiscordRest, clock: Clock): Messenger {
  const threads = createThreads(rest);
  const channels = createDirectChannels(rest);
  const finder = createFinder(rest);

  async function send(message: OutgoingMessage, content: Message): Promise<DeliveryResult> {
    const identity = identityOf(message.id);
    const payload = renderMessage(content, identity);
    const post = async (channel: string) => postMessage(rest, channel, payload, identity);
    const card = message.threadOf === null || message.onlyFor !== null ? null : parseRemoteId(message.threadOf);
    if (card !== null) return stands(await threads.within(card, post));
    const channel = await channels.resolve(channelOf(message));
    return stands(await threads.reopened(channel, async () => post(channel)));
  }

  return {
    platform: 'discord',
    capabilities: CAPABILITIES,
    async post(message) {
      const content = contentOf(message);
      try {
        if (message.onlyFor !== null && message.handle !== null) return await answerPrivately(rest, message, content, clock.now());
        return await send(message, content);
      } catch (error) {
        return readOutcome(error);
      }
    },
    async edit(remoteId, message) {
      const place = parseRemoteId(remoteId);
      if (place === null) return { kind: 'refused', reason: 'this is no message of Discord', channelIsGone: false };
      const body = renderMessage(contentOf(message), identityOf(message.id));
      try {
        // https://docs.discord.com/developers/resources/message#edit-message
        await threads.reopened(place.channel, async () =>
          rest.request('PATCH', { path: `/channels/${place.channel}/messages/${place.message}` }, body),
        );
        return { kind: 'delivered', remoteId };
      } catch (error) {
        return readOutcome(error);
      }
    },
    async find(message): Promise<FindResult> {
      // The answer to an interaction takes a place that is there already: sending it again changes nothing.
      if (message.onlyFor !== null && message.handle !== null) return { kind: 'absent' };
      return finder.find(identityOf(message.id), async () => placesOf(message, channels.resolve));
    },
  };
}

function contentOf(message: OutgoingMessage): Message {
  return messageSchema.parse(message.content);
}

function channelOf(message: OutgoingMessage): string {
  return message.onlyFor === null ? message.channel : directMessagesWith(message.onlyFor);
}

/** Where the message can stand: in its thread, or beside the card where Discord gave it no thread. */
async function placesOf(message: OutgoingMessage, resolve: (channel: string) => Promise<string>): Promise<readonly string[]> {
  const card = message.threadOf === null || message.onlyFor !== null ? null : parseRemoteId(message.threadOf);
  return card === null ? [await resolve(channelOf(message))] : [card.message, card.channel];
}

function stands(created: unknown): DeliveryResult {
  const { id, channel_id: channel } = created as { id?: unknown; channel_id?: unknown };
  if (!isSnowflake(id) || !isSnowflake(channel)) return { kind: 'unknown', reason: 'Discord answered without naming the message' };
  return { kind: 'delivered', remoteId: remoteIdOf({ channel, message: id }) };
}
