import { createHash } from 'node:crypto';
import { DISCORD_LIMITS } from './limits.ts';

/**
 * What a message of ours is recognized by. The nonce lets Discord itself drop a repeated post, but only for a few minutes, and
 * it is not part of a message that is read later (https://docs.discord.com/developers/resources/message#create-message). The ids of
 * two components are kept as long as the message stands and are shown to nobody
 * (https://docs.discord.com/developers/components/reference#anatomy-of-a-component): they are what `find` relies on.
 */
export type MessageIdentity = { readonly nonce: string; readonly container: number; readonly text: number };

export function identityOf(messageId: string): MessageIdentity {
  const digest = createHash('sha256').update(messageId).digest();
  const container = positive(digest.readUInt32BE(0));
  const text = positive(digest.readUInt32BE(4));
  return {
    nonce: digest.toString('base64url').slice(0, DISCORD_LIMITS.nonce),
    container,
    // Ids are unique within a message.
    text: text === container ? text - 1 : text,
  };
}

/** Signed 32 bits, and neither 0 (means: none) nor one of the small numbers that Discord gives out itself. */
function positive(value: number): number {
  return (value & 0x3fffffff) + 0x40000000;
}
