import { isSnowflake, personOf } from './addresses.ts';
import type { DiscordRest } from './rest.ts';

export interface DirectChannels {
  /** The snowflake to post to for a channel's address. Throws what the request threw. */
  resolve(channel: string): Promise<string>;
}

/** Discord gives the same channel for the same person each time, so that what is remembered is only a saved request. */
export function createDirectChannels(rest: DiscordRest): DirectChannels {
  const known = new Map<string, string>();
  return {
    async resolve(channel) {
      const person = personOf(channel);
      if (person === null) return channel;
      const remembered = known.get(person);
      if (remembered !== undefined) return remembered;
      // https://docs.discord.com/developers/resources/user#create-dm
      const opened = await rest.request('POST', { path: '/users/@me/channels' }, { recipient_id: person });
      const id = (opened as { id?: unknown }).id;
      if (!isSnowflake(id)) throw new Error('Discord opened a direct-message channel without an id');
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(person, id);
      return id;
    },
  };
}

const MOST_REMEMBERED = 10_000;
