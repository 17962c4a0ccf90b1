import type { FindResult } from '../../src/ports/messenger.ts';
import { isSnowflake, remoteIdOf } from './addresses.ts';
import { CODES } from './codes.ts';
import { readFailure } from './failure.ts';
import type { MessageIdentity } from './identity-of-message.ts';
import { DISCORD_LIMITS } from './limits.ts';
import { isDeclined } from './outcome.ts';
import { isOurs } from './read-message.ts';
import type { DiscordRest } from './rest.ts';

/** A message is looked for right after it was posted; in the busiest channel 300 messages are minutes. */
const PAGES = 3;

export interface Finder {
  find(identity: MessageIdentity, places: () => Promise<readonly string[]>): Promise<FindResult>;
}

/** Reads the newest messages of a channel for one of ours. https://docs.discord.com/developers/resources/message#get-channel-messages */
export function createFinder(rest: DiscordRest): Finder {
  let botId: string | null = null;

  async function ownId(): Promise<string> {
    if (botId !== null) return botId;
    const { id } = (await rest.request('GET', { path: '/users/@me' })) as { id?: unknown };
    if (!isSnowflake(id)) throw new Error('Discord did not say who the bot is');
    botId = id;
    return id;
  }

  async function findIn(channel: string, identity: MessageIdentity, own: string): Promise<string | null> {
    let before: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const messages = await pageOf(rest, channel, before);
      const found = messages.find((message) => isOurs(message, identity, own));
      if (found !== undefined) return remoteIdOf({ channel, message: found.id });
      const oldest = messages.at(-1);
      if (oldest === undefined || messages.length < DISCORD_LIMITS.messagesPerPage) return null;
      before = oldest.id;
    }
    return null;
  }

  return {
    async find(identity, places) {
      try {
        const own = await ownId();
        for (const channel of await places()) {
          const remoteId = await findIn(channel, identity, own);
          if (remoteId !== null) return { kind: 'found', remoteId };
        }
        return { kind: 'absent' };
      } catch (error) {
        return readUnfound(error);
      }
    },
  };
}

type Listed = { readonly id: string };

async function pageOf(rest: DiscordRest, channel: string, before: string | null): Promise<readonly Listed[]> {
  const query = { limit: String(DISCORD_LIMITS.messagesPerPage), ...(before === null ? {} : { before }) };
  try {
    const page = await rest.request('GET', { path: `/channels/${channel}/messages`, query });
    return Array.isArray(page) ? page.filter((message: { id?: unknown }): message is Listed => isSnowflake(message?.id)) : [];
  } catch (error) {
    // A thread that was never opened holds nothing.
    if (isDeclined(error, CODES.unknownChannel)) return [];
    throw error;
  }
}

function readUnfound(error: unknown): FindResult {
  const failure = readFailure(error);
  switch (failure.kind) {
    case 'rate_limited':
      return { kind: 'unavailable', reason: 'Discord asks to wait', retryAfterMs: failure.retryAfterMs };
    case 'declined':
      // Without Read Message History or the channel itself nothing can be looked up, now or later.
      return { kind: 'unavailable', reason: `Discord does not let Shipmate read this channel (code ${failure.code})`, retryAfterMs: null };
    default:
      return { kind: 'unavailable', reason: failure.reason, retryAfterMs: null };
  }
}
