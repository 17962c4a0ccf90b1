import type { Account } from '../../src/chat/chat-intake.ts';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { directMessagesWith } from './addresses.ts';

type User = { readonly id: string; readonly username?: string | undefined; readonly global_name?: string | null | undefined };

/** Who sent something and where, from what Discord vouches for. */
export type Sent = {
  readonly guild_id?: string | undefined;
  readonly channel_id?: string | undefined;
  readonly member?: { readonly user: User; readonly nick?: string | null | undefined; readonly roles: readonly string[] } | undefined;
  readonly user?: User | undefined;
};

/**
 * The account, its server roles as groups. `trustedGuilds`: roles of other servers count for nothing, for whoever owns a server
 * names and gives out its roles; null trusts every server that the bot was added to. Null when nobody is named.
 */
export function accountOf(sent: Sent, trustedGuilds: readonly string[] | null): Account | null {
  const user = sent.member?.user ?? sent.user;
  if (user === undefined) return null;
  const isTrusted = sent.guild_id !== undefined && (trustedGuilds === null || trustedGuilds.includes(sent.guild_id));
  const name = plainLine(sent.member?.nick ?? user.global_name ?? user.username ?? '');
  return {
    id: user.id,
    name: clip(name, 80) || user.id,
    groups: isTrusted ? (sent.member?.roles ?? []).map((role) => `discord-role:${role}`) : [],
  };
}

/** Where answers go: the channel or thread itself, or the direct messages with the person. */
export function channelOf(sent: Sent, account: Account): string {
  return sent.guild_id === undefined || sent.channel_id === undefined ? directMessagesWith(account.id) : sent.channel_id;
}
