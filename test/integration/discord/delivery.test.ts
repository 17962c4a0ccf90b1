import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDiscordMessenger } from '../../../adapters/discord/messenger.ts';
import { createRest } from '../../../adapters/discord/rest.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { startDelivery } from '../../../src/chat-core/delivery/start-delivery.ts';
import type { Json } from '../../../src/domain/json.ts';
import { QUICK } from '../../support/delivery/delivery-lab.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../../support/delivery/parts.ts';
import { type DiscordPeer, type Fault, startDiscordPeer } from '../../support/discord/peer.ts';
import { addChannel, type PeerChannel, textsOf } from '../../support/discord/peer-state.ts';
import { card, until } from '../../support/discord/scenario.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

/** The real delivery loop over a real database and the library's client, against a Discord that enforces its limits. */
let test: TestDatabase;
let peer: DiscordPeer;
const running: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 6 });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await peer.close();
  expect(peer.problems).toEqual([]);
});
afterAll(async () => test.drop());

async function deliver(): Promise<void> {
  running.push(
    await startDelivery({
      messengers: [createDiscordMessenger(createRest({ token: peer.state.token, apiUrl: peer.apiUrl, timeoutMs: 300 }), systemClock)],
      database: test.database,
      sealer: turningSealer,
      clock: systemClock,
      logger: silentLogger,
      metrics: NO_DELIVERY_METRICS,
      accountOf: async () => null,
      directChannelOf: async () => null,
      onChannelGone: async () => undefined,
      settings: { ...QUICK, breakAfter: 1000 },
    }),
  );
}

async function write(channel: string, key: string, text: string, threadRoot: string | null = null): Promise<string> {
  return test.database.transact(async (stores) => {
    const { message } = await stores.messages.upsert({
      platform: 'discord',
      channel,
      key,
      threadRoot,
      author: { kind: 'bot' },
      privateTo: null,
      content: card(key, text) as unknown as Json,
      at: Date.now(),
    });
    await test.database.notify(stores, 'message', message.id);
    return message.id;
  });
}

const shows = (channel: PeerChannel | undefined, key: string, text: string) =>
  channel?.messages.some((message) => textsOf(message).includes(`### ${key}\n**${text}**`)) ?? false;

describe('delivery to Discord', () => {
  it('ends with one final card each and its details in its thread, though a quarter of all requests fail', async () => {
    peer = await startDiscordPeer({ limits: { perRoute: 5, windowMs: 1000, globalPerSecond: 50 } });
    let seed = 7;
    const chance = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const limited: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '0.2' }, body: { retry_after: 0.2, global: false } };
    peer.disturb(({ method }) => {
      if (method === 'GET') return null;
      const draw = chance();
      if (draw < 0.1) return limited;
      if (draw < 0.2) return { kind: 'status', status: 500 };
      return draw < 0.25 ? { kind: 'silent_after' } : null;
    });
    await deliver();
    const channels = Array.from({ length: 4 }, () => addChannel(peer.state, 0));
    const keys = channels.flatMap((channel) => ['a', 'b', 'c'].map((name) => ({ channel, key: `shop ${name}` })));
    for (const { channel, key } of keys) {
      const root = await write(channel.id, key, 'queued');
      await write(channel.id, `${key} details`, 'plan', root);
    }
    for (const text of ['running', 'healthy', 'Done.']) for (const { channel, key } of keys) await write(channel.id, key, text);

    await until('every final state', () => keys.every(({ channel, key }) => shows(channel, key, 'Done.')), 60_000);
    const threadOf = (channel: PeerChannel, key: string) =>
      peer.state.channels.get(channel.messages.find((message) => textsOf(message)[0]?.startsWith(`### ${key}`))?.id ?? '');
    await until('every detail', () => keys.every(({ channel, key }) => shows(threadOf(channel, key), `${key} details`, 'plan')), 60_000);
    expect(channels.map(({ messages }) => messages.length)).toEqual([3, 3, 3, 3]);
    expect(keys.map(({ channel, key }) => threadOf(channel, key)?.messages.length)).toEqual(keys.map(() => 1));
  });

  it('keeps to what Discord takes by itself: no request is refused as too many', async () => {
    peer = await startDiscordPeer();
    await deliver();
    for (let round = 0; round < 6; round += 1) {
      for (const key of ['a', 'b', 'c']) await write(peer.channel.id, key, `round ${round}`);
      await until('something to arrive', () => peer.channel.messages.length > 0);
    }
    await until('the last round', () => ['a', 'b', 'c'].every((key) => shows(peer.channel, key, 'round 5')), 30_000);
    expect(peer.channel.messages).toHaveLength(3);
    expect(peer.log.filter(({ status }) => status === 429)).toEqual([]);
  });

  it('posts a deleted card anew, once, and a fresh one where the old may not be edited any more', async () => {
    peer = await startDiscordPeer();
    await deliver();
    await write(peer.channel.id, 'deleted', 'running');
    await write(peer.channel.id, 'capped', 'running');
    await until('both cards', () => peer.channel.messages.length === 2);
    peer.channel.messages = peer.channel.messages.filter((message) => textsOf(message)[0]?.includes('capped'));
    for (const message of peer.channel.messages) message.isOld = true;
    await write(peer.channel.id, 'deleted', 'Done.');
    await write(peer.channel.id, 'capped', 'Done.');
    await until('both ends', () => ['deleted', 'capped'].every((key) => shows(peer.channel, key, 'Done.')), 30_000);
    expect(peer.channel.messages).toHaveLength(3);
  });
});
