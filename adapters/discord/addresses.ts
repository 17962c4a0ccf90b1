/**
 * How this adapter names things in the strings that the core keeps. A channel is the snowflake of a channel or thread, or `@` and a
 * person's for the direct messages with them; a message is `<channel>/<message>`, so that it can be edited without looking
 * anything up. Snowflakes: https://docs.discord.com/developers/reference#snowflakes
 */
const SNOWFLAKE = /^\d{15,20}$/;

export function isSnowflake(text: unknown): text is string {
  return typeof text === 'string' && SNOWFLAKE.test(text);
}

export function directMessagesWith(userId: string): string {
  return `@${userId}`;
}

/** The person behind a direct-message address; null for channels. */
export function personOf(channel: string): string | null {
  return channel.startsWith('@') && isSnowflake(channel.slice(1)) ? channel.slice(1) : null;
}

export type RemoteMessage = { readonly channel: string; readonly message: string };

export function remoteIdOf({ channel, message }: RemoteMessage): string {
  return `${channel}/${message}`;
}

export function parseRemoteId(remoteId: string): RemoteMessage | null {
  const [channel, message, ...rest] = remoteId.split('/');
  return isSnowflake(channel) && isSnowflake(message) && rest.length === 0 ? { channel, message } : null;
}
