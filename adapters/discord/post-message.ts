import { randomUUID } from 'node:crypto';
import { CODES } from './codes.ts';
import { RepeatableError, readFailure } from './failure.ts';
import type { MessageIdentity } from './identity-of-message.ts';
import { DISCORD_LIMITS } from './limits.ts';
import { isDeclined } from './outcome.ts';
import type { MessagePayload } from './payload.ts';
import { saysTheSame } from './read-message.ts';
import type { DiscordRest } from './rest.ts';

/**
 * Posts a message so that a repetition within minutes is answered with the one that stands. That one may say what was true then: it is brought up to
 * date, and where that cannot be (deleted since, or too old to edit) the message is posted under another nonce. Gives what Discord answered.
 * https://docs.discord.com/developers/resources/message#create-message
 */
export async function postMessage(
  rest: DiscordRest,
  channel: string,
  payload: MessagePayload,
  identity: MessageIdentity,
): Promise<unknown> {
  const post = async (nonce: string) =>
    rest.request('POST', { path: `/channels/${channel}/messages` }, { ...payload, nonce, enforce_nonce: true });
  const standing = await post(identity.nonce);
  if (saysTheSame(standing, payload)) return standing;
  const { id } = standing as { id?: unknown };
  try {
    return await rest.request('PATCH', { path: `/channels/${channel}/messages/${String(id)}` }, payload);
  } catch (error) {
    // It would be found standing, and taken for what this post says: so the whole post is to be repeated.
    if (readFailure(error).kind === 'uncertain') throw new RepeatableError('the message that stands could not be brought up to date');
    if (!isDeclined(error, CODES.unknownMessage, CODES.cannotEditOldMessage)) throw error;
    return post(randomUUID().replaceAll('-', '').slice(0, DISCORD_LIMITS.nonce));
  }
}
