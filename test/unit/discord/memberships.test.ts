import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemberships } from '../../../adapters/discord/memberships.ts';
import { createRest } from '../../../adapters/discord/rest.ts';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { snowflake } from '../../support/discord/snowflakes.ts';

let peer: DiscordPeer;
beforeEach(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 50, globalPerSecond: 500 } });
});
afterEach(async () => {
  await peer.close();
  expect(peer.problems).toEqual([]);
});

const silentLogger = createLogger({ level: 'silent', pretty: false });
const memberships = (trustedGuilds: readonly string[] | null) =>
  createMemberships(createRest({ token: peer.state.token, apiUrl: peer.apiUrl, timeoutMs: 400 }), trustedGuilds, silentLogger);
const read = (account: string, trustedGuilds: readonly string[] | null) => memberships(trustedGuilds).groupsOf(account);

describe('the roles of a member', () => {
  it('are those of the servers that are trusted', async () => {
    const [ada, role] = [snowflake(), snowflake()];
    peer.state.members.set(ada, [role]);
    expect(await read(ada, [peer.state.guildId])).toEqual([`discord-role:${role}`]);
    expect(await read(ada, null)).toEqual([`discord-role:${role}`]);
    expect(await read(ada, [])).toEqual([]);
    expect(await read(ada, [snowflake()])).toEqual([]);
  });

  it('are none for whoever is not in the server', async () => {
    expect(await read(snowflake(), [peer.state.guildId])).toEqual([]);
  });

  it('are not known when Discord does not say, and of what is no account', async () => {
    const ada = snowflake();
    peer.state.members.set(ada, []);
    peer.fail('GET', /\/members\//, { kind: 'status', status: 500 });
    expect(await read(ada, [peer.state.guildId])).toBeNull();
    expect(await read(ada, [peer.state.guildId])).toEqual([]);
    peer.fail('GET', /\/guilds$/, { kind: 'status', status: 403 });
    expect(await read(ada, null)).toBeNull();
    expect(await read('../../channels/1', null)).toBeNull();
  });
});

describe('the members of a role', () => {
  it('are told to an application that may list members, and are not known otherwise', async () => {
    const [ada, bo, role] = [snowflake(), snowflake(), snowflake()];
    peer.state.members.set(ada, [role]);
    peer.state.members.set(bo, []);
    expect(await memberships(null).membersOf(`discord-role:${role}`)).toBeNull();
    peer.state.listsMembers = true;
    expect(await memberships(null).membersOf(`discord-role:${role}`)).toEqual([ada]);
  });
});
