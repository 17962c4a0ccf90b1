import { z } from 'zod';
import type { ChatIntake, IncomingDelivery } from '../../src/chat/chat-intake.ts';
import { assertNever } from '../../src/chat/message.ts';
import { clip, plainText } from '../../src/chat/plain-text.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { readFailure } from './failure.ts';
import { renderNotice } from './render-confirmation.ts';
import type { DiscordRest } from './rest.ts';
import { accountOf, channelOf } from './sender.ts';

const snowflake = z.string().regex(/^\d{15,20}$/);

/** https://docs.discord.com/developers/events/gateway-events#message-create */
export const writtenSchema = z.object({
  id: snowflake,
  channel_id: snowflake,
  guild_id: snowflake.optional(),
  content: z.string(),
  author: z.object({ id: snowflake, username: z.string().optional(), global_name: z.string().nullish(), bot: z.boolean().optional() }),
  member: z.object({ nick: z.string().nullish(), roles: z.array(snowflake) }).optional(),
  webhook_id: snowflake.optional(),
});
export type Written = z.infer<typeof writtenSchema>;

/**
 * The command in what somebody wrote, or null when it is none: `@shipmate deploy shop staging` in a channel, anything in direct
 * messages. A mention in the middle of a sentence is talk about us and not to us. Programs are not listened to.
 */
export function mentionedCommand(written: Written, botId: string): string | null {
  if (written.author.bot === true || written.webhook_id !== undefined || written.author.id === botId) return null;
  const mention = new RegExp(`^\\s*<@!?${botId}>[:,]?\\s*`);
  const text = plainText(written.content);
  if (!mention.test(text) && written.guild_id !== undefined) return null;
  return clip(text.replace(mention, '').trim(), 2100) || 'help';
}

type Parts = {
  readonly intake: ChatIntake;
  readonly rest: DiscordRest;
  readonly trustedGuilds: readonly string[] | null;
  readonly logger: Logger;
};

/** Hands it in once by the message's own id: a resumed connection brings messages again. Never rejects. */
export async function handleMention(written: Written, text: string, parts: Parts): Promise<void> {
  const sent = { ...written, user: written.author, member: written.member && { ...written.member, user: written.author } };
  const account = accountOf(sent, parts.trustedGuilds);
  if (account === null) return;
  const delivery: IncomingDelivery = {
    platform: 'discord',
    deliveryId: written.id,
    channel: channelOf(sent, account),
    account,
    what: { kind: 'command', text },
    // Only an interaction can be answered to one person in a channel; private answers go to the person directly.
    handle: null,
  };
  // Not even begun: what a form would show once, such as a new token, would be made and seen by nobody.
  if (parts.intake.mayAnswerWithForm(delivery)) return replyWithoutForm(written, text, parts);
  const accepted = await parts.intake.accept(delivery);
  switch (accepted.kind) {
    case 'repeated':
      return;
    case 'unavailable':
      return reply(written, accepted.message, parts);
    case 'accepted': {
      const answer = await accepted.settled;
      return answer?.kind === 'form' ? replyWithoutForm(written, text, parts) : undefined;
    }
    default:
      return assertNever(accepted);
  }
}

function replyWithoutForm(written: Written, text: string, parts: Parts): Promise<void> {
  const command = text.split(/\s/)[0]?.replace(/^\//, '') ?? '';
  return reply(written, `Discord opens a form only for a command of its own: type /${command}.`, parts);
}

async function reply(written: Written, text: string, { rest, logger }: Parts): Promise<void> {
  const body = { ...renderNotice(text), message_reference: { message_id: written.id, fail_if_not_exists: false } };
  try {
    await rest.request('POST', { path: `/channels/${written.channel_id}/messages` }, body);
  } catch (error) {
    logger.warn({ failure: readFailure(error) }, 'a mention on Discord could not be answered');
  }
}
