import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bot, startBot } from '../../support/discord/bot.ts';
import { createFakeIntake, publicly } from '../../support/discord/fake-intake.ts';
import { ADA, click, interactionFrom, ROLE, slash } from '../../support/discord/interactions.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { textsOf } from '../../support/discord/peer-state.ts';
import { hurriedClock, outgoing, realClock, until } from '../../support/discord/scenario.ts';
import { snowflake } from '../../support/discord/snowflakes.ts';

/** The real client library against the local gateway: nothing between it and the adapter is replaced. */
let peer: DiscordPeer;
let bots: Bot[] = [];
beforeEach(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 1000, globalPerSecond: 5000 }, heartbeatMs: 300 });
});
afterEach(async () => {
  for (const bot of bots) await bot.close();
  bots = [];
  await peer.close();
  expect(peer.problems).toEqual([]);
});

async function connected(given: Parameters<typeof startBot>[1] = {}): Promise<Bot> {
  const bot = await startBot(peer, { gateway: true, publicKey: null, ...given });
  bots.push(bot);
  await bot.discord.start();
  await until('the bot to be connected', () => bot.discord.isConnected());
  return bot;
}

function command(text = 'status') {
  const { known, sent } = interactionFrom(peer, 2, slash('shipmate', [{ name: 'command', type: 3, value: text }]));
  return { known, say: () => peer.gateway.dispatch('INTERACTION_CREATE', sent) };
}

const written = (content: string, given: object = {}) => ({
  id: snowflake(),
  channel_id: peer.channel.id,
  guild_id: peer.state.guildId,
  author: ADA,
  member: { nick: 'ada from ops', roles: [ROLE] },
  content,
  mentions: [{ id: peer.state.botId }],
  timestamp: new Date().toISOString(),
  edited_timestamp: null,
  tts: false,
  mention_everyone: false,
  mention_roles: [],
  attachments: [],
  embeds: [],
  pinned: false,
  type: 0,
  ...given,
});

describe('the gateway', () => {
  it('asks for no privileged intent, and connects', async () => {
    const bot = await connected();
    const MEMBERS = 1 << 1;
    const PRESENCES = 1 << 8;
    const CONTENT = 1 << 15;
    expect(peer.gateway.seen.intents & (MEMBERS | PRESENCES | CONTENT)).toBe(0);
    await bot.discord.stop();
    expect(bot.discord.isConnected()).toBe(false);
  });

  it('takes a command in, acknowledges it and removes the acknowledgement when the answer is public', async () => {
    const bot = await connected();
    bot.intake.reply = publicly('Locked.');
    const { known, say } = command('lock shop staging');
    say();
    await until('the placeholder to come and go', () => known.response !== null && known.original === null);
    expect(known.response).toEqual({ type: 5, data: { flags: 64 } });
    expect(bot.intake.effects).toMatchObject([{ deliveryId: known.id, what: { kind: 'command', text: 'lock shop staging' } }]);
  });

  it('answers a click, a form and a completion like over HTTP', async () => {
    const bot = await connected();
    await bot.discord.messenger.post(outgoing(peer.channel.id));
    const [card] = peer.channel.messages;
    if (card === undefined) throw new Error('no card');
    const clicked = interactionFrom(peer, 3, click('Rollback:d1'), { clicked: card });
    const typing = interactionFrom(peer, 4, slash('deploy', [{ name: 'app', type: 3, value: 's', focused: true }]));
    bot.intake.completions = async () => ({ replaceFrom: 7, completions: [{ value: 'shop', label: '' }] });
    peer.gateway.dispatch('INTERACTION_CREATE', clicked.sent);
    peer.gateway.dispatch('INTERACTION_CREATE', typing.sent);
    await until('both answers', () => clicked.known.response !== null && typing.known.response !== null);
    expect([clicked.known.response?.['type'], typing.known.response?.['type']]).toEqual([4, 8]);
    bot.intake.forms = true;
    bot.intake.reply = { kind: 'form', form: { action: 'f:1', title: 'T', submit: 'Go', fields: [input('a')] } };
    const { known, say } = command('deploy');
    say();
    await until('the modal', () => known.response?.['type'] === 9);
  });

  it('loses nothing and does nothing twice when the line is cut and the session goes on', async () => {
    const bot = await connected();
    peer.gateway.cut();
    const missed = Array.from({ length: 5 }, () => command());
    for (const { say } of missed) say();
    await until('the session to go on', () => peer.gateway.seen.resumes === 1);
    await until('what was missed', () => bot.intake.effects.length === 5);
    peer.gateway.repeatLast();
    peer.gateway.askToReconnect();
    await until('the second resume', () => peer.gateway.seen.resumes === 2);
    const { known, say } = command();
    say();
    await until('the next command', () => known.response !== null);
    expect(bot.intake.effects.map(({ deliveryId }) => deliveryId)).toEqual([...missed, { known }].map((each) => each.known.id));
    expect(peer.gateway.seen.identifies).toBe(1);
  });

  it('identifies anew when the session is declared invalid', async () => {
    const bot = await connected();
    peer.gateway.invalidate();
    await until('a second identify', () => peer.gateway.seen.identifies === 2, 20_000);
    await until('the connection', () => bot.discord.isConnected());
    const { known, say } = command();
    say();
    await until('an answer', () => known.response !== null);
  });

  it('leaves a line on which nobody acknowledges heartbeats', async () => {
    await connected();
    const before = peer.gateway.seen.connections;
    peer.gateway.acknowledgeHeartbeats(false);
    await until('a new connection', () => peer.gateway.seen.connections > before);
    peer.gateway.acknowledgeHeartbeats(true);
    await until('the session to go on', () => peer.gateway.seen.resumes > 0);
  });

  it('two instances act once, and the one that is late keeps quiet', async () => {
    const kept = new Set<string>();
    const both = [await connected({ intake: createFakeIntake(kept) }), await connected({ intake: createFakeIntake(kept) })];
    const commands = Array.from({ length: 10 }, () => command());
    for (const { say } of commands) say();
    await until('all answers', () => commands.every(({ known }) => known.response !== null));
    expect(both.flatMap(({ intake }) => intake.effects)).toHaveLength(10);
    expect(peer.log.filter(({ path, status }) => path.endsWith('/callback') && status !== 204)).toEqual([]);
  });

  it('is refused at the start with what to do when the token is wrong', async () => {
    const bot = await startBot(peer, { gateway: true, publicKey: null, token: 'wrong' });
    bots.push(bot);
    await expect(bot.discord.start()).rejects.toThrow(/DISCORD_TOKEN/);
  });

  it('does not hold a start back while Discord is away, and connects when it is there', async () => {
    peer.fail('GET', /^\/gateway\/bot$/, { kind: 'status', status: 503 }, 6);
    peer.fail('GET', /commands$/, { kind: 'status', status: 503 }, 2);
    const bot = await startBot(peer, { gateway: true, publicKey: null, clock: hurriedClock() });
    bots.push(bot);
    await bot.discord.start();
    await until('the connection', () => bot.discord.isConnected(), 20_000);
    await until('the commands', () => peer.state.commandWrites === 1);
  });
});

describe('a mention', () => {
  it('is a command from the person with the server’s roles; its private answers go to them directly', async () => {
    const bot = await connected();
    const message = written(`<@${peer.state.botId}> deploy shop staging`);
    peer.gateway.dispatchMessage(message);
    peer.gateway.repeatLast();
    await until('the command', () => bot.intake.effects.length === 1);
    expect(bot.intake.effects).toEqual([
      {
        platform: 'discord',
        deliveryId: message.id,
        channel: peer.channel.id,
        account: { id: ADA.id, name: 'ada from ops', groups: [`discord-role:${ROLE}`] },
        what: { kind: 'command', text: 'deploy shop staging' },
        handle: null,
      },
    ]);
  });

  it('is none in the middle of a sentence, from a program, or without a mention; direct messages always are', async () => {
    const bot = await connected();
    const me = `<@${peer.state.botId}>`;
    peer.gateway.dispatchMessage(written(`ask ${me} about it`));
    peer.gateway.dispatchMessage(written(`${me} deploy`, { author: { ...ADA, bot: true } }));
    peer.gateway.dispatchMessage(written(`${me} deploy`, { webhook_id: snowflake() }));
    peer.gateway.dispatchMessage(written('deploy shop staging', { mentions: [] }));
    peer.gateway.dispatchMessage(written(me));
    const { guild_id: _guild, member: _member, ...direct } = written('/status');
    peer.gateway.dispatchMessage({ ...direct, mentions: [] });
    await until('both', () => bot.intake.effects.length === 2);
    expect(bot.intake.effects.map(({ what, channel }) => [what, channel])).toEqual([
      [{ kind: 'command', text: 'help' }, peer.channel.id],
      [{ kind: 'command', text: '/status' }, `@${ADA.id}`],
    ]);
  });

  it('that a form would answer, or that cannot be kept, is told so', async () => {
    const bot = await connected();
    bot.intake.reply = { kind: 'form', form: { action: 'f:1', title: 'T', submit: 'Go', fields: [input('a')] } };
    peer.gateway.dispatchMessage(written(`<@${peer.state.botId}> deploy`));
    await until('the advice', () => peer.channel.messages.length === 1);
    bot.intake.down = 'Shipmate cannot reach its database. Try again.';
    peer.gateway.dispatchMessage(written(`<@${peer.state.botId}> deploy`));
    await until('the excuse', () => peer.channel.messages.length === 2);
    expect(peer.channel.messages.map((message) => textsOf(message)[0])).toEqual([
      'Discord opens a form only for a command of its own: type /deploy.',
      'Shipmate cannot reach its database. Try again.',
    ]);
  });
});

describe('registering the commands', () => {
  it('writes once, and then only when something is different', async () => {
    for (let start = 0; start < 3; start += 1) {
      const bot = await startBot(peer, { clock: realClock });
      bots.push(bot);
      await bot.discord.start();
    }
    expect(peer.state.commandWrites).toBe(1);
    peer.state.commands = peer.state.commands.slice(1);
    const bot = await startBot(peer);
    bots.push(bot);
    await bot.discord.start();
    expect(peer.state.commandWrites).toBe(2);
  });
});

function input(name: string) {
  return { type: 'input', name, label: name, placeholder: '', initial: null, optional: false, multiline: false } as const;
}
