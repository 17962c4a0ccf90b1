import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiscordMessenger } from '../../../adapters/discord/messenger.ts';
import { createRest } from '../../../adapters/discord/rest.ts';
import type { Json } from '../../../src/domain/json.ts';
import type { DeliveryResult } from '../../../src/ports/messenger.ts';
import { type DiscordPeer, type Fault, startDiscordPeer } from '../../support/discord/peer.ts';
import { addChannel, textsOf } from '../../support/discord/peer-state.ts';
import { acknowledge } from '../../support/discord/rest-routes.ts';
import { card, outgoing, realClock } from '../../support/discord/scenario.ts';
import { snowflake } from '../../support/discord/snowflakes.ts';

let peer: DiscordPeer;
beforeEach(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 50, globalPerSecond: 500 } });
});
afterEach(async () => {
  await peer.close();
  expect(peer.problems).toEqual([]);
});

const messengerOf = (apiUrl = peer.apiUrl, timeoutMs = 400, token = peer.state.token) =>
  createDiscordMessenger(createRest({ token, apiUrl, timeoutMs }), realClock);

const POSTS = /\/messages$/;
const ONE = /\/messages\/\d+$/;
const delivered = (result: DeliveryResult): string => {
  if (result.kind !== 'delivered' || result.remoteId === null) throw new Error(`not delivered: ${JSON.stringify(result)}`);
  return result.remoteId;
};

describe('posting and editing', () => {
  it('posts once, and edits what it posted', async () => {
    const messenger = messengerOf();
    const remoteId = delivered(await messenger.post(outgoing(peer.channel.id)));
    expect(await messenger.edit(remoteId, outgoing(peer.channel.id, { content: card('shop → staging 1.1.0', 'Done.') }))).toEqual({
      kind: 'delivered',
      remoteId,
    });
    expect(peer.channel.messages).toHaveLength(1);
    expect(textsOf(peer.channel.messages[0] ?? { components: [] })).toEqual(['### shop → staging 1.1.0\n**Done.**', '**By** Ada']);
  });

  it('is not doubled when it is posted again after its answer was lost', async () => {
    const messenger = messengerOf();
    for (const fault of ['silent_after', 'cut_after'] as const) {
      peer.fail('POST', POSTS, { kind: fault });
      expect(await messenger.post(outgoing(peer.channel.id, { id: fault }))).toMatchObject({ kind: 'unknown' });
      const again = delivered(await messenger.post(outgoing(peer.channel.id, { id: fault })));
      expect(peer.channel.messages.map(({ id }) => `${peer.channel.id}/${id}`)).toContain(again);
    }
    expect(peer.channel.messages).toHaveLength(2);
  });

  it('that is posted again with other content brings the one that stands up to date', async () => {
    const messenger = messengerOf();
    const first = delivered(await messenger.post(outgoing(peer.channel.id)));
    const again = { content: card('shop → staging 1.1.0', 'Done.') };
    // Found, it would be taken for what this post says: it must be repeated, and not be looked for.
    for (const fault of [{ kind: 'silent_before' }, { kind: 'status', status: 500 }] as const) {
      peer.fail('PATCH', ONE, fault);
      expect(await messenger.post(outgoing(peer.channel.id, again))).toMatchObject({ kind: 'unavailable' });
    }
    expect(delivered(await messenger.post(outgoing(peer.channel.id, again)))).toBe(first);
    expect(peer.channel.messages.map((message) => textsOf(message)[0])).toEqual(['### shop → staging 1.1.0\n**Done.**']);
  });

  it('that was deleted, or is too old to edit, is posted anew within the minutes in which Discord knows its nonce', async () => {
    const messenger = messengerOf();
    for (const spoil of [() => peer.channel.messages.pop(), () => Object.assign(peer.channel.messages.at(-1) ?? {}, { isOld: true })]) {
      const first = delivered(await messenger.post(outgoing(peer.channel.id)));
      spoil();
      const second = delivered(await messenger.post(outgoing(peer.channel.id, { content: card('shop → staging 1.1.0', 'Done.') })));
      expect(second).not.toBe(first);
      expect(await messenger.find(outgoing(peer.channel.id))).toEqual({ kind: 'found', remoteId: second });
      peer.channel.messages.length = 0;
      peer.channel.nonces.clear();
    }
  });

  it('finds it by ids that no reader sees, long after Discord has forgotten the nonce, and takes nobody else’s for it', async () => {
    const messenger = messengerOf();
    const remoteId = delivered(await messenger.post(outgoing(peer.channel.id)));
    const [own] = peer.channel.messages;
    if (own === undefined) throw new Error('no message');
    own.nonce = null;
    for (let index = 0; index < 150; index += 1) {
      peer.channel.messages.push({ ...structuredClone(own), id: snowflake(), author: { id: snowflake(), username: 'copycat', bot: true } });
    }
    expect(await messenger.find(outgoing(peer.channel.id))).toEqual({ kind: 'found', remoteId });
    expect(await messenger.find(outgoing(peer.channel.id, { id: 'm-2' }))).toEqual({ kind: 'absent' });
    await messenger.edit(remoteId, outgoing(peer.channel.id, { content: card('changed') }));
    expect(await messenger.find(outgoing(peer.channel.id))).toEqual({ kind: 'found', remoteId });
  });

  it('says when nothing can be looked up', async () => {
    const messenger = messengerOf();
    peer.fail('GET', POSTS, { kind: 'status', status: 503 });
    expect(await messenger.find(outgoing(peer.channel.id))).toMatchObject({ kind: 'unavailable' });
    peer.fail('GET', POSTS, { kind: 'status', status: 429, body: { retry_after: 2, global: false }, headers: { 'retry-after': '2' } });
    expect(await messenger.find(outgoing(peer.channel.id))).toMatchObject({ kind: 'unavailable', retryAfterMs: expect.closeTo(2000, -3) });
    peer.channel.barred = 'access';
    expect(await messenger.find(outgoing(peer.channel.id))).toMatchObject({ kind: 'unavailable', retryAfterMs: null });
  });

  it('writes to a person directly, in the one channel that Discord has for them', async () => {
    const messenger = messengerOf();
    const person = snowflake();
    const remoteId = delivered(await messenger.post(outgoing(`@${person}`)));
    delivered(await messenger.post(outgoing(peer.channel.id, { id: 'm-2', onlyFor: person })));
    const [direct, ...more] = [...peer.state.channels.values()].filter(({ type }) => type === 1);
    expect(more).toEqual([]);
    expect(direct?.messages).toHaveLength(2);
    expect(await messenger.find(outgoing(`@${person}`))).toEqual({ kind: 'found', remoteId });
    expect(peer.channel.messages).toEqual([]);
    expect(peer.log.filter(({ path }) => path === '/users/@me/channels')).toHaveLength(1);
  });
});

describe('the thread of a card', () => {
  const postCard = async (messenger = messengerOf()) => delivered(await messenger.post(outgoing(peer.channel.id, { id: 'card' })));

  it('is opened once, named after the card, and holds all details', async () => {
    const messenger = messengerOf();
    const threadOf = await postCard(messenger);
    const first = delivered(await messenger.post(outgoing(peer.channel.id, { id: 'd1', threadOf })));
    await messenger.post(outgoing(peer.channel.id, { id: 'd2', threadOf }));
    const thread = peer.state.channels.get(threadOf.split('/')[1] ?? '');
    expect([thread?.name, thread?.messages.length, peer.channel.messages.length]).toEqual(['shop → staging 1.1.0', 2, 1]);
    expect(peer.log.filter(({ path }) => path.endsWith('/threads'))).toHaveLength(1);
    expect(await messenger.edit(first, outgoing(peer.channel.id, { id: 'd1', threadOf }))).toEqual({ kind: 'delivered', remoteId: first });
    expect(await messenger.find(outgoing(peer.channel.id, { id: 'd1', threadOf }))).toEqual({ kind: 'found', remoteId: first });
  });

  it('may have been opened by somebody else in between', async () => {
    const messenger = messengerOf();
    const threadOf = await postCard(messenger);
    addChannel(peer.state, 11, threadOf.split('/')[1]);
    peer.fail('POST', POSTS, { kind: 'status', status: 404, body: { code: 10003, message: 'Unknown Channel' } });
    delivered(await messenger.post(outgoing(peer.channel.id, { id: 'd1', threadOf })));
    expect(peer.log.some(({ path, status }) => path.endsWith('/threads') && status === 400)).toBe(true);
  });

  it('is reopened when it was archived, and refused with a reason when a moderator locked it', async () => {
    const messenger = messengerOf();
    const threadOf = await postCard(messenger);
    const detail = delivered(await messenger.post(outgoing(peer.channel.id, { id: 'd1', threadOf })));
    const thread = peer.state.channels.get(threadOf.split('/')[1] ?? '');
    if (thread === undefined) throw new Error('no thread');
    thread.archived = true;
    expect(await messenger.edit(detail, outgoing(peer.channel.id, { id: 'd1', threadOf }))).toMatchObject({ kind: 'delivered' });
    expect(thread.archived).toBe(false);
    thread.locked = true;
    expect(await messenger.post(outgoing(peer.channel.id, { id: 'd2', threadOf }))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('permission'),
    });
  });

  it('is where the card is, when that is a thread or direct messages: Discord has none below', async () => {
    const messenger = messengerOf();
    const inThread = addChannel(peer.state, 11);
    for (const address of [inThread.id, `@${snowflake()}`]) {
      const threadOf = delivered(await messenger.post(outgoing(address, { id: 'card' })));
      for (const id of ['d1', 'd2', 'd3']) {
        const remoteId = delivered(await messenger.post(outgoing(address, { id, threadOf })));
        expect(remoteId.split('/')[0]).toBe(threadOf.split('/')[0]);
      }
      expect(await messenger.find(outgoing(address, { id: 'd2', threadOf }))).toMatchObject({ kind: 'found' });
    }
    expect(peer.log.filter(({ path }) => path.endsWith('/threads'))).toHaveLength(2);
  });

  it('waits for its card when that was deleted before', async () => {
    const messenger = messengerOf();
    const threadOf = await postCard(messenger);
    peer.channel.messages.length = 0;
    expect(await messenger.post(outgoing(peer.channel.id, { id: 'd1', threadOf }))).toEqual({ kind: 'gone' });
  });
});

describe('an answer for one person', () => {
  const handleOf = (token: string): Json => ({ application: peer.state.applicationId, token });
  const acknowledged = () => {
    const interaction = peer.newInteraction();
    acknowledge(peer.state, interaction.id, interaction.token, { type: 5, data: { flags: 64 } });
    return interaction;
  };
  const answer = (token: string, handleSince: number | null = Date.now()) =>
    outgoing(peer.channel.id, { onlyFor: snowflake(), handle: handleOf(token), handleSince });

  it('takes the place of the response, stays for that person alone, and repeated changes nothing', async () => {
    const messenger = messengerOf();
    const { token } = acknowledged();
    expect(await messenger.post(answer(token))).toEqual({ kind: 'delivered', remoteId: null });
    expect(await messenger.find(answer(token))).toEqual({ kind: 'absent' });
    expect(await messenger.post(answer(token))).toEqual({ kind: 'delivered', remoteId: null });
    const original = peer.state.interactions.get(token)?.original;
    expect([original?.isLoading, (original?.flags ?? 0) & 64]).toEqual([false, 64]);
    expect(peer.channel.messages).toEqual([]);
  });

  it('is a further message for that person alone when the response was taken away for a public answer', async () => {
    const interaction = acknowledged();
    interaction.original = null;
    expect(await messengerOf().post(answer(interaction.token))).toEqual({ kind: 'delivered', remoteId: null });
    expect(interaction.followUps.map(({ flags }) => flags & 64)).toEqual([64]);
    expect(peer.channel.messages).toEqual([]);
  });

  it('waits for an acknowledgement that is still under way', async () => {
    const messenger = messengerOf();
    const interaction = peer.newInteraction();
    expect(await messenger.post(answer(interaction.token))).toMatchObject({ kind: 'unavailable' });
    expect(await messenger.post(answer(interaction.token, Date.now() - 60_000))).toMatchObject({ kind: 'refused', channelIsGone: false });
  });

  it('is refused with a reason after 15 minutes, by our clock and by Discord’s', async () => {
    const messenger = messengerOf();
    const interaction = acknowledged();
    expect(await messenger.post(answer(interaction.token, Date.now() - 15 * 60_000))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('15 minutes'),
    });
    expect(peer.log.filter(({ path }) => path.includes('@original'))).toEqual([]);
    interaction.createdAt -= 16 * 60_000;
    expect(await messenger.post(answer(interaction.token, null))).toMatchObject({ kind: 'refused' });
  });

  it.each<Json>([{ application: 'x', token: 'y' }, { application: '123456789012345678', token: '../../channels' }, 'no', [], { token: 1 }])(
    'is refused for a handle that is none: %j',
    async (handle) => {
      const message = outgoing(peer.channel.id, { onlyFor: snowflake(), handle, handleSince: Date.now() });
      expect(await messengerOf().post(message)).toMatchObject({ kind: 'refused' });
      expect(peer.log).toEqual([]);
    },
  );
});

describe('what a failed request came to', () => {
  const status = (code: number, number = 400): Fault => ({ kind: 'status', status: number, body: { code, message: 'no' } });
  const limited = (headers: Record<string, string>, body: object = {}): Fault => ({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '3', ...headers },
    body: { message: 'slow down', retry_after: 3, global: false, ...body },
  });

  const refused = (channelIsGone: boolean) => ({ kind: 'refused', reason: expect.any(String), channelIsGone });
  const cases: readonly (readonly [string, Fault, object])[] = [
    ['a route’s own limit', limited({ 'x-ratelimit-scope': 'user' }), { kind: 'rate_limited', scope: 'channel', retryAfterMs: 3050 }],
    ['a shared limit', limited({ 'x-ratelimit-scope': 'shared' }), { kind: 'rate_limited', scope: 'workspace', retryAfterMs: 3050 }],
    [
      'the global limit',
      limited({ 'x-ratelimit-scope': 'global', 'x-ratelimit-global': 'true' }, { global: true }),
      { kind: 'rate_limited', scope: 'workspace', retryAfterMs: 3050 },
    ],
    ['a ban before Discord', { kind: 'status', status: 429 }, { kind: 'rate_limited', scope: 'channel', retryAfterMs: expect.any(Number) }],
    ['an error of Discord', { kind: 'status', status: 500 }, { kind: 'unknown' }],
    ['a bad gateway', { kind: 'status', status: 502 }, { kind: 'unknown' }],
    ['no answer though it was applied', { kind: 'silent_after' }, { kind: 'unknown' }],
    ['no answer at all', { kind: 'silent_before' }, { kind: 'unknown' }],
    ['a broken line', { kind: 'cut_after' }, { kind: 'unknown' }],
    ['a message that is gone', status(10008, 404), { kind: 'gone' }],
    ['the edit cap', limited({ 'content-type': 'application/json' }, { code: 30046 }), { kind: 'not_editable' }],
    ['a deleted channel', status(10003, 404), refused(true)],
    ['a channel we were removed from', status(50001, 403), refused(true)],
    ['a missing permission', status(50013, 403), refused(false)],
    ['a content that is not taken', status(50035), refused(false)],
    ['anything else', status(12345), refused(false)],
    ['a refused token', status(0, 401), { kind: 'unavailable' }],
  ];

  it.each(cases)('edit: %s', async (_name, fault, expected) => {
    const messenger = messengerOf();
    const remoteId = delivered(await messenger.post(outgoing(peer.channel.id)));
    peer.fail('PATCH', ONE, fault);
    expect(await messenger.edit(remoteId, outgoing(peer.channel.id))).toMatchObject(expected);
    // One attempt: nothing was repeated behind the caller's back.
    expect(peer.log.filter(({ method }) => method === 'PATCH').length).toBeLessThanOrEqual(1);
  });

  it.each(cases.filter(([name]) => !/gone|cap/.test(name)))('post: %s', async (_name, fault, expected) => {
    peer.fail('POST', POSTS, fault);
    const isDeletedChannel = fault.kind === 'status' && fault.status === 404;
    expect(await messengerOf().post(outgoing(peer.channel.id))).toMatchObject(isDeletedChannel ? refused(true) : expected);
  });

  it('a post to someone who takes no messages', async () => {
    peer.fail('POST', POSTS, status(50007, 403));
    expect(await messengerOf().post(outgoing(`@${snowflake()}`))).toMatchObject(refused(true));
  });

  it('nothing listens there', async () => {
    const port = await freePort();
    expect(await messengerOf(`http://127.0.0.1:${port}/api`).post(outgoing(peer.channel.id))).toMatchObject({ kind: 'unavailable' });
  });

  it('a refused token does not spoil the next request', async () => {
    const messenger = messengerOf();
    peer.fail('POST', POSTS, status(0, 401));
    expect(await messenger.post(outgoing(peer.channel.id))).toMatchObject({ kind: 'unavailable' });
    expect(await messenger.post(outgoing(peer.channel.id))).toMatchObject({ kind: 'delivered' });
  });

  it('says nothing of the token or of Discord’s own words', async () => {
    const results = [
      await messengerOf(undefined, 400, 'wrong.token.of-the-bot').post(outgoing(peer.channel.id)),
      await messengerOf(`http://127.0.0.1:${await freePort()}/api`).post(outgoing(peer.channel.id)),
    ];
    expect(JSON.stringify(results)).not.toMatch(/secret|token\.of|127\.0\.0\.1/);
  });

  it('knows from the headers when to hold back, without asking and without waiting', async () => {
    await peer.close();
    peer = await startDiscordPeer({ limits: { perRoute: 2, windowMs: 60_000 } });
    const messenger = messengerOf();
    const results: DeliveryResult[] = [];
    const startedAt = Date.now();
    for (const id of ['a', 'b', 'c', 'd']) results.push(await messenger.post(outgoing(peer.channel.id, { id })));
    expect(results.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'rate_limited', 'rate_limited']);
    expect(results[2]).toMatchObject({ scope: 'channel' });
    expect(peer.log.filter(({ status: answered }) => answered === 429)).toEqual([]);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    const other = addChannel(peer.state, 0);
    expect(await messenger.post(outgoing(other.id, { id: 'e' }))).toMatchObject({ kind: 'delivered' });
  });

  it('throws only for a defect of our own', async () => {
    await expect(messengerOf().post(outgoing(peer.channel.id, { content: { no: 'message' } }))).rejects.toThrow();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
