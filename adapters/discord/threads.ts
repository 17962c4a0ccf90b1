import { clip, plainLine } from '../../src/chat/plain-text.ts';
import type { RemoteMessage } from './addresses.ts';
import { CODES } from './codes.ts';
import { DISCORD_LIMITS } from './limits.ts';
import { isDeclined } from './outcome.ts';
import { firstText } from './read-message.ts';
import type { DiscordRest } from './rest.ts';
import { shownText } from './shown-text.ts';

/** A day without a message, then Discord hides it; the next message brings it back. */
const ARCHIVE_AFTER_MINUTES = 1440;

/**
 * The thread of a card. Discord gives a thread the id of the message that it was started from, so that nothing has to be remembered.
 * https://docs.discord.com/developers/topics/threads#threads-creation
 */
export interface Threads {
  /** Sends into the card's thread, which is opened when it is not there and reopened when it was archived. `send` gets the channel to post to. */
  within<Result>(card: RemoteMessage, send: (channel: string) => Promise<Result>): Promise<Result>;
  /** Repeats `work` once after reopening `channel`, when it failed because the channel is an archived thread. */
  reopened<Result>(channel: string, work: () => Promise<Result>): Promise<Result>;
}

const MOST_REMEMBERED = 10_000;

export function createThreads(rest: DiscordRest): Threads {
  const reopened: Threads['reopened'] = async (channel, work) => {
    try {
      return await work();
    } catch (error) {
      if (!isDeclined(error, CODES.archivedThread)) throw error;
      await rest.request('PATCH', { path: `/channels/${channel}` }, { archived: false });
      return work();
    }
  };
  // Cards without a thread of their own, so that each of their details does not ask again.
  const threadless = new Set<string>();
  return {
    reopened,
    async within(card, send) {
      const thread = card.message;
      if (threadless.has(thread)) return send(card.channel);
      try {
        return await reopened(thread, () => send(thread));
      } catch (error) {
        // Mostly the thread is there, so that asking first would cost a request for each message.
        if (!isDeclined(error, CODES.unknownChannel)) throw error;
      }
      if (await open(rest, card)) return send(thread);
      // A card in a thread or in direct messages cannot have a thread: its details follow it there.
      if (threadless.size >= MOST_REMEMBERED) threadless.clear();
      threadless.add(thread);
      return send(card.channel);
    },
  };
}

/** https://docs.discord.com/developers/resources/channel#start-thread-from-message. False where Discord has no threads. */
async function open(rest: DiscordRest, card: RemoteMessage): Promise<boolean> {
  const message = `/channels/${card.channel}/messages/${card.message}` as const;
  const name = threadName(await rest.request('GET', { path: message }));
  try {
    await rest.request('POST', { path: `${message}/threads` }, { name, auto_archive_duration: ARCHIVE_AFTER_MINUTES });
  } catch (error) {
    if (isDeclined(error, CODES.notOnThisChannelType, CODES.notInDirectMessages)) return false;
    if (!isDeclined(error, CODES.threadExists)) throw error;
  }
  return true;
}

/** Named after the card's first line, without its marks. */
function threadName(card: unknown): string {
  const line = plainLine(shownText(firstText(card) ?? '').split('\n')[0] ?? '');
  return clip(line, DISCORD_LIMITS.threadName) || 'Details';
}
