import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sealHandle } from '../../../src/chat-core/intake/sealed-delivery.ts';
import type { Json } from '../../../src/domain/json.ts';
import type { DeliveryResult, MessengerCapabilities } from '../../../src/ports/messenger.ts';
import { aDeployment, aRelease } from '../../contract/database-fixtures.ts';
import { deliveryLab, type Lab } from '../../support/delivery/delivery-lab.ts';
import { turningSealer } from '../../support/delivery/parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
const labs: Lab[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.stopAll();
});
afterAll(() => test.drop());

function setUp(capabilities: Partial<MessengerCapabilities> = {}): Lab {
  const lab = deliveryLab(test, capabilities);
  labs.push(lab);
  return lab;
}

const card = (text: string, outcome = 'pending') => ({ summary: text, tone: 'neutral', elements: [], outcome });

/** Fails the next call of an operation with this. */
function failOnce({ platform }: Lab, operation: 'post' | 'edit', fault: DeliveryResult | { kind: 'lost_answer' }): void {
  let isDone = false;
  platform.fault = (call) => {
    if (isDone || call.operation !== operation) return null;
    isDone = true;
    return fault;
  };
}

describe('delivery', () => {
  it('posts a new message at once and edits it in place', async () => {
    const lab = setUp();
    await lab.deliver();
    await lab.settled((await lab.write(card('warm'), { key: 'warm' })).id);
    const writtenAt = performance.now();
    const message = await lab.write(card('one'), { key: 'card:1' });
    await lab.shows(card('one'));
    expect(performance.now() - writtenAt).toBeLessThan(1_000);
    await lab.settled(message.id);
    await lab.write(card('two'), { key: 'card:1' });
    await lab.shows(card('two'));
    expect(lab.platform.standing('T1/C1')).toHaveLength(2);
    expect(lab.platform.calls.map(({ operation }) => operation)).toEqual(['post', 'post', 'edit']);
  });

  it('delivers what people wrote to nobody', async () => {
    const lab = setUp();
    await lab.write('/deploy shop', { key: 'typed:1', author: { kind: 'person', id: 'ada', name: 'Ada' } });
    await lab.deliver();
    await lab.settled((await lab.write(card('answer'), { key: 'reply:1' })).id);
    expect(lab.platform.posts).toHaveLength(1);
  });

  it('sends only the latest of many changes, and never an older one after it', async () => {
    const lab = setUp();
    lab.platform.latencyMs = () => 30;
    await lab.deliver();
    const { id } = await lab.write(card('0'), { key: 'card:1' });
    for (let index = 1; index <= 40; index += 1) await lab.write(card(String(index)), { key: 'card:1' });
    await lab.shows(card('40'));
    await lab.settled(id);
    const sent = lab.platform.calls.map(({ content }) => Number((content as { summary: string }).summary));
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(lab.platform.calls.length).toBeLessThan(40);
  });

  it('does not send what reads the same: a reply changes the card’s number of replies only', async () => {
    const lab = setUp();
    await lab.deliver();
    const root = await lab.write(card('card'), { key: 'card:1' });
    await lab.settled(root.id);
    const reply = await lab.write(card('plan'), { key: 'thread:1', threadRoot: root.id });
    await lab.settled(reply.id);
    await vi.waitFor(async () =>
      expect((await test.database.stores.deliveries.progress(lab.platform.name)).position).toBeGreaterThan(reply.position),
    );
    expect(lab.platform.callsOf('edit')).toEqual([]);
    expect(lab.platform.standing('T1/C1')[1]?.threadOf).toBe('R1');
  });

  it.each<DeliveryResult>([
    { kind: 'unavailable', reason: 'HTTP 503' },
    { kind: 'rate_limited', retryAfterMs: 50, scope: 'channel' },
    { kind: 'rate_limited', retryAfterMs: 50, scope: 'workspace' },
  ])('tries again after $kind', async (fault) => {
    const lab = setUp();
    failOnce(lab, 'post', fault);
    await lab.deliver();
    await lab.settled((await lab.write(card('one'), { key: 'card:1' })).id);
    expect(lab.platform.standing('T1/C1')).toHaveLength(1);
    expect(lab.platform.callsOf('find')).toEqual([]);
  });

  it('waits as long as a rate limit says, for its channel or its workspace alone', async () => {
    const lab = setUp();
    lab.platform.fault = ({ channel }) => {
      if (channel === 'T1/C1') return { kind: 'rate_limited', retryAfterMs: 60_000, scope: 'channel' };
      return channel.startsWith('T2/') ? { kind: 'rate_limited', retryAfterMs: 60_000, scope: 'workspace' } : null;
    };
    await lab.deliver();
    for (const channel of ['T1/C1', 'T2/C1']) await lab.write(card('one'), { key: 'card:1', channel });
    await vi.waitFor(() => expect(lab.platform.calls).toHaveLength(2));
    await lab.write(card('two'), { key: 'card:2', channel: 'T1/C1' });
    await lab.write(card('two'), { key: 'card:2', channel: 'T2/C2' });
    await lab.settled((await lab.write(card('free'), { key: 'card:1', channel: 'T1/C2' })).id);
    expect(lab.platform.calls.map(({ channel }) => channel).sort()).toEqual(['T1/C1', 'T1/C2', 'T2/C1']);
  });

  it('looks before it posts again when nobody knows whether a post arrived', async () => {
    const lab = setUp();
    failOnce(lab, 'post', { kind: 'lost_answer' });
    await lab.deliver();
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await lab.settled(id);
    expect(lab.platform.calls.map(({ operation }) => operation)).toEqual(['post', 'find']);
    await lab.write(card('two', 'success'), { key: 'card:1' });
    await lab.shows(card('two', 'success'));
    expect(lab.platform.posts).toHaveLength(1);
  });

  it('posts again after a look found nothing', async () => {
    const lab = setUp();
    failOnce(lab, 'post', { kind: 'unknown', reason: 'timeout' });
    await lab.deliver();
    await lab.settled((await lab.write(card('one'), { key: 'card:1' })).id);
    expect(lab.platform.calls.map(({ operation }) => operation)).toEqual(['post', 'find', 'post']);
  });

  it('gives up, and does not post, when it cannot be found out whether it arrived', async () => {
    const lab = setUp();
    failOnce(lab, 'post', { kind: 'lost_answer' });
    lab.platform.found = () => ({ kind: 'unavailable', reason: 'no history', retryAfterMs: null });
    await lab.deliver();
    const delivery = await lab.settled((await lab.write(card('one'), { key: 'card:1' })).id, 'undeliverable');
    expect(delivery.reason).toContain('no history');
    expect(lab.platform.callsOf('post')).toHaveLength(1);
    expect(lab.platform.callsOf('find')).toHaveLength(4);
  });

  it('posts a deleted card once more, with what comes later in its thread, and then leaves it', async () => {
    const lab = setUp();
    await lab.deliver();
    const root = await lab.write(card('one'), { key: 'card:1' });
    await lab.settled(root.id);
    lab.platform.delete('R1');
    const reply = await lab.write(card('plan'), { key: 'thread:1', threadRoot: root.id });
    await lab.settled(reply.id);
    const [again, inThread] = lab.platform.standing('T1/C1');
    expect(again).toMatchObject({ messageId: root.id, content: card('one') });
    expect(inThread).toMatchObject({ messageId: reply.id, threadOf: again?.remoteId });
    lab.platform.delete(again?.remoteId ?? '');
    await lab.write(card('two', 'success'), { key: 'card:1' });
    const delivery = await lab.settled(root.id, 'undeliverable');
    expect(delivery.reason).toContain('deleted');
    expect(lab.platform.posts.filter(({ messageId }) => messageId === root.id)).toHaveLength(2);
  });

  it('counts one deletion once, however many replies find out at the same time as the card itself', async () => {
    const lab = setUp();
    await lab.deliver();
    const root = await lab.write(card('one'), { key: 'card:1' });
    await lab.settled(root.id);
    lab.platform.delete('R1');
    lab.platform.latencyMs = () => 20;
    await test.database.transact(async (stores) => {
      const common = { platform: lab.platform.name, channel: 'T1/C1', author: { kind: 'bot' } as const, privateTo: null, at: Date.now() };
      await stores.messages.upsert({ ...common, key: 'card:1', threadRoot: null, content: card('two') });
      for (const key of ['thread:1', 'thread:2']) await stores.messages.upsert({ ...common, key, threadRoot: root.id, content: card(key) });
    });
    await lab.write(card('three'), { key: 'thread:3', threadRoot: root.id });
    await vi.waitFor(() => expect(lab.platform.standing('T1/C1')).toHaveLength(4), { timeout: 8_000 });
    expect(await lab.settled(root.id)).toMatchObject({ reposts: 1 });
  });

  it('finds out by an edit that a card was deleted', async () => {
    const lab = setUp();
    await lab.deliver();
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await lab.settled(id);
    lab.platform.delete('R1');
    await lab.write(card('two', 'success'), { key: 'card:1' });
    await lab.shows(card('two', 'success'));
    expect((await lab.settled(id)).reposts).toBe(1);
  });

  it('posts a fresh card when the old one cannot be edited any more', async () => {
    const lab = setUp();
    await lab.deliver();
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await lab.settled(id);
    failOnce(lab, 'edit', { kind: 'not_editable' });
    await lab.write(card('two'), { key: 'card:1' });
    await lab.shows(card('two'));
    await lab.settled(id);
    await lab.write(card('three'), { key: 'card:1' });
    await lab.shows(card('three'));
    expect(lab.platform.standing('T1/C1').map(({ content }) => (content as { summary: string }).summary)).toEqual(['one', 'three']);
  });

  it('records a refusal with its reason, and tries other content', async () => {
    const lab = setUp();
    failOnce(lab, 'post', { kind: 'refused', reason: 'invalid_blocks', channelIsGone: false });
    await lab.deliver();
    const { id } = await lab.write(card('bad'), { key: 'card:1' });
    expect(await lab.settled(id, 'undeliverable')).toMatchObject({ reason: 'invalid_blocks' });
    await lab.write(card('good', 'success'), { key: 'card:1' });
    await lab.shows(card('good', 'success'));
  });

  it('tells once that a channel is gone, and leaves what waits there', async () => {
    const lab = setUp();
    const gone: string[][] = [];
    lab.platform.fault = ({ channel }) => (channel === 'T1/C1' ? { kind: 'refused', reason: 'is_archived', channelIsGone: true } : null);
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push((await lab.write(card('x'), { key: `card:${index}` })).id);
    await lab.deliver({ onChannelGone: async (...args) => void gone.push(args) });
    for (const id of ids) expect((await lab.settled(id, 'undeliverable')).reason).toBe('is_archived');
    expect(gone).toEqual([[lab.platform.name, 'T1/C1', 'is_archived']]);
    expect(lab.platform.calls).toHaveLength(1);
  });

  it('tells again when a channel that was back is gone again', async () => {
    const lab = setUp();
    const gone: string[] = [];
    let isGone = true;
    lab.platform.fault = () => (isGone ? { kind: 'refused', reason: 'not_in_channel', channelIsGone: true } : null);
    await lab.deliver({ onChannelGone: async (_platform, channel) => void gone.push(channel) });
    const writeOne = (name: string) => lab.write(card(name), { key: `card:${name}` });
    for (const name of ['one', 'two']) await lab.settled((await writeOne(name)).id, 'undeliverable');
    expect(gone).toHaveLength(1);
    isGone = false;
    await lab.settled((await writeOne('three')).id);
    isGone = true;
    await lab.settled((await writeOne('four')).id, 'undeliverable');
    expect(gone).toEqual(['T1/C1', 'T1/C1']);
  });

  it('leaves a workspace that does not answer alone, and delivers when it is back', async () => {
    const lab = setUp();
    let isDown = true;
    lab.platform.fault = ({ channel }) => (isDown && channel.startsWith('T1') ? { kind: 'unavailable', reason: 'HTTP 500' } : null);
    await lab.deliver({
      settings: { pace: { firstRetryMs: 1, longestRetryMs: 1, lookAfterMs: 1, looks: 4 }, breakAfter: 5, breakMs: 400 },
    });
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await vi.waitFor(() => expect(lab.platform.calls).toHaveLength(5));
    await lab.settled((await lab.write(card('other'), { key: 'card:1', channel: 'T2/C1' })).id);
    expect(lab.platform.calls.filter(({ channel }) => channel === 'T1/C1').length).toBeLessThanOrEqual(6);
    isDown = false;
    await lab.settled(id);
  });

  it('goes on with a messenger that breaks', async () => {
    const lab = setUp();
    let isBroken = true;
    const messenger = lab.platform.messenger();
    const post = messenger.post.bind(messenger);
    await lab.deliver({
      messengers: [
        {
          ...messenger,
          post: (message) => {
            if (!isBroken) return post(message);
            isBroken = false;
            return Promise.reject(new TypeError('undefined is not a function'));
          },
        },
      ],
    });
    await lab.settled((await lab.write(card('one'), { key: 'card:1' })).id);
    expect(lab.platform.posts).toHaveLength(1);
  });
});

describe('private messages', () => {
  const deliveryId = () => randomUUID();
  async function keep(lab: Lab, id: string, receivedAt: number, handle: Json | null): Promise<void> {
    const platform = lab.platform.name;
    const bytes = handle === null ? null : sealHandle(turningSealer, { platform, deliveryId: id }, handle);
    const kept = {
      platform,
      deliveryId: id,
      channel: 'T1/C1',
      accountId: 'T1/U9',
      payload: Uint8Array.of(1),
      handle: bytes,
      receivedAt,
      token: id,
    };
    await test.database.stores.intake.keep([{ delivery: kept, claim: null }]);
    await test.database.stores.intake.finish(platform, id, receivedAt);
  }

  it('go to the very account that asked, by the handle of what it answers', async () => {
    const lab = setUp({ handleKeptMs: 900_000 });
    const id = deliveryId();
    await keep(lab, id, Date.now(), { token: 'abc' });
    await lab.deliver();
    const message = await lab.write(card('only you'), { key: `reply:${id}`, privateTo: 'ada' });
    await lab.settled(message.id);
    expect(lab.platform.posts).toMatchObject([{ onlyFor: 'T1/U9', handle: { token: 'abc' } }]);
  });

  it('go to the person’s account when they answer nothing', async () => {
    const lab = setUp();
    await lab.deliver();
    await lab.settled((await lab.write(card('psst'), { key: 'note:1', privateTo: 'ada' })).id);
    expect(lab.platform.posts).toMatchObject([{ onlyFor: 'T1/ada', handle: null }]);
  });

  it('are recorded as undeliverable when their reader has no account, or the handle grew too old', async () => {
    const lab = setUp({ handleKeptMs: 900_000 });
    const id = deliveryId();
    await keep(lab, id, Date.now() - 900_000, { token: 'old' });
    await lab.deliver({ accountOf: async () => null });
    const stranger = await lab.write(card('psst'), { key: 'note:1', privateTo: 'bob' });
    expect((await lab.settled(stranger.id, 'undeliverable')).reason).toContain('no account');
    const late = await lab.write(card('late'), { key: `reply:${id}`, privateTo: 'ada' });
    expect((await lab.settled(late.id, 'undeliverable')).reason).toContain('too late');
    expect(lab.platform.calls).toEqual([]);
  });

  it('become direct messages where the handle grew too old and the platform has them', async () => {
    const lab = setUp({ handleKeptMs: 900_000, directMessages: true });
    const id = deliveryId();
    await keep(lab, id, Date.now() - 900_000, { token: 'old' });
    await lab.deliver({ directChannelOf: async (_platform, account) => `T1/D-${account}` });
    const message = await lab.write(card('late'), { key: `reply:${id}`, privateTo: 'ada' });
    await lab.settled(message.id);
    expect(lab.platform.posts).toMatchObject([{ channel: 'T1/D-T1/U9', onlyFor: null, handle: null }]);
    await lab.write(card('later'), { key: `reply:${id}`, privateTo: 'ada' });
    await lab.shows(card('later'), 'T1/D-T1/U9');
    expect(lab.platform.posts).toHaveLength(1);
  });

  it('tell who asked, by the handle of what they asked, what could not be posted in a channel that is not open to the bot', async () => {
    const lab = setUp();
    const [first, second] = [deliveryId(), deliveryId()];
    for (const id of [first, second]) await keep(lab, id, Date.now(), { token: id });
    const release = aRelease();
    await test.database.stores.releases.insert(release);
    const deployment = aDeployment({ releaseId: release.id, origin: { platform: lab.platform.name, channel: 'T1/C1' } });
    await test.database.stores.deployments.insert(deployment, second);
    const posts = (key: string) => ({ key, channel: 'T1/C1' });
    const reply = await lab.write(card('the status'), posts(`reply:${first}`));
    const asked = await lab.write(card('a deployment'), posts(`card:${deployment.id}`));
    const followed = await lab.write(card('another'), posts('card:elsewhere'));
    const isBarred = new Set([reply.id, asked.id, followed.id]);
    lab.platform.fault = ({ messageId }) =>
      isBarred.has(messageId) ? { kind: 'refused', reason: 'channel_not_found', channelIsGone: true } : null;
    await lab.deliver();
    for (const id of isBarred) await lab.settled(id, 'undeliverable');
    await vi.waitFor(() => expect(lab.platform.posts).toHaveLength(2), { timeout: 8_000 });
    const told = lab.platform.posts.map(({ onlyFor, handle, content }) => [onlyFor, handle, JSON.stringify(content)]);
    expect(told).toContainEqual(['T1/U9', { token: first }, expect.stringContaining('the status')]);
    expect(told).toContainEqual(['T1/U9', { token: second }, expect.stringContaining('a deployment')]);
    expect(told[0]?.[2]).toContain('channel_not_found');
    const last = await lab.write(card('after'), { key: 'note:1', privateTo: 'ada', channel: 'T1/C2' });
    await lab.settled(last.id);
    expect(lab.platform.posts).toHaveLength(3);
  });

  it('go ahead of everything else, and do not wait for their channel’s turn', async () => {
    const lab = setUp({ budget: { perChannelMs: 400, editsPerMinute: null, workspaceOf: () => 'T1' } });
    for (let index = 0; index < 8; index += 1) await lab.write(card('bulk'), { key: `card:${index}` });
    await lab.deliver();
    await vi.waitFor(() => expect(lab.platform.posts.length).toBeGreaterThan(0));
    await lab.settled((await lab.write(card('psst'), { key: 'note:1', privateTo: 'ada' })).id);
    expect(lab.platform.posts.findIndex(({ onlyFor }) => onlyFor !== null)).toBeLessThan(3);
  });
});
