import { z } from 'zod';
import type { Logger } from '../../src/ports/logger.ts';
import type { Memberships } from '../../src/ports/memberships.ts';
import { isSnowflake } from './addresses.ts';
import { readFailure } from './failure.ts';
import type { DiscordRest } from './rest.ts';

const guildsSchema = z.array(z.object({ id: z.string() }));
const memberSchema = z.object({ roles: z.array(z.string()) });
const membersSchema = z.array(z.object({ user: z.object({ id: z.string() }), roles: z.array(z.string()) }));

/** Roles in the servers that are trusted (null: all that the bot was added to), asked of each server for one member at a time: lists of members are for privileged applications only. */
export function createMemberships(rest: DiscordRest, trustedGuilds: readonly string[] | null, logger: Logger): Memberships {
  return {
    platform: 'discord',
    async groupsOf(account) {
      if (!isSnowflake(account)) return null;
      try {
        const guilds = trustedGuilds ?? (await guildsOf(rest));
        const roles = await Promise.all(guilds.map((guild) => rolesIn(rest, guild, account)));
        return roles.flat().map((role) => `discord-role:${role}`);
      } catch (error) {
        logger.warn({ failure: readFailure(error) }, 'the roles of a member could not be read at Discord');
        return null;
      }
    },
    async membersOf(group) {
      const role = group.replace(/^discord-role:/, '');
      try {
        const guilds = trustedGuilds ?? (await guildsOf(rest));
        return (await Promise.all(guilds.map((guild) => membersIn(rest, guild, role)))).flat();
      } catch (error) {
        logger.debug({ failure: readFailure(error) }, 'Discord does not list the members of a role');
        return null;
      }
    },
  };
}

/**
 * https://docs.discord.com/developers/resources/guild#list-guild-members: only for applications with the privileged intent for members. The
 * first thousand of a server are looked at.
 */
async function membersIn(rest: DiscordRest, guild: string, role: string): Promise<readonly string[]> {
  const listed = await rest.request('GET', { path: `/guilds/${guild}/members`, query: { limit: '1000' } });
  return membersSchema
    .parse(listed)
    .filter(({ roles }) => roles.includes(role))
    .map(({ user }) => user.id);
}

/** https://docs.discord.com/developers/resources/user#get-current-user-guilds: 200 at a time, more than one team's bot is in. */
async function guildsOf(rest: DiscordRest): Promise<readonly string[]> {
  return guildsSchema.parse(await rest.request('GET', { path: '/users/@me/guilds' })).map(({ id }) => id);
}

/** https://docs.discord.com/developers/resources/guild#get-guild-member. Whoever is not in the server has no roles there. */
async function rolesIn(rest: DiscordRest, guild: string, account: string): Promise<readonly string[]> {
  try {
    return memberSchema.parse(await rest.request('GET', { path: `/guilds/${guild}/members/${account}` })).roles;
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === 'declined' && failure.status === 404) return [];
    throw error;
  }
}
