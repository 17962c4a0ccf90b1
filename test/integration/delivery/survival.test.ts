import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { MessengerCapabilities } from '../../../src/ports/messenger.ts';
import { deliveryLab, type Lab } from '../../support/delivery/delivery-lab.ts';
import { createTestDatabase, MESSAGE_SEALER, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { startRestartablePostgres } from '../../support/postgres-server.ts';

let test: TestDatabase;
const labs: Lab[] = [];
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
});
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.stopAll();
});
afterAll(() => test.drop());

function setUp(capabilities: Partial<MessengerCapabilities> = {}, on: TestDatabase = test): Lab {
  const lab = deliveryLab(on, capabilities);
  labs.push(lab);
  return lab;
}

const card = (text: string, outcome = 'pending') => ({ summary: text, tone: 'neutral', elements: [], outcome });

describe('a process that dies', () => {
  it('while its post is under way leaves one message, found by the next process', async () => {
    const lab = setUp();
    const dying = await lab.deliverMortally();
    lab.platform.latencyMs = () => 100;
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await vi.waitFor(() => expect(lab.platform.callsOf('post')).toHaveLength(1));
    dying.kill();
    await lab.deliver();
    await lab.settled(id);
    expect(lab.platform.posts).toHaveLength(1);
    expect(lab.platform.callsOf('find')).toHaveLength(1);
    await lab.write(card('two', 'success'), { key: 'card:1' });
    await lab.shows(card('two', 'success'));
    expect(lab.platform.posts).toHaveLength(1);
  });

  it('before its post left loses nothing', async () => {
    const lab = setUp();
    lab.platform.fault = () => ({ kind: 'hang' });
    const dying = await lab.deliverMortally();
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await vi.waitFor(() => expect(lab.platform.callsOf('post')).toHaveLength(1));
    dying.kill();
    lab.platform.fault = () => null;
    await lab.deliver();
    await lab.settled(id);
    expect(lab.platform.posts).toHaveLength(1);
  });

  it('in the middle of much leaves every final state, once, to the next', async () => {
    const lab = setUp();
    lab.platform.latencyMs = () => 10;
    const first = await lab.deliverMortally();
    const cards = Array.from({ length: 30 }, (_, index) => ({ key: `card:${index}`, channel: `T1/C${index % 5}` }));
    for (const each of cards) await lab.write(card('starts'), each);
    await vi.waitFor(() => expect(lab.platform.callsOf('post').length).toBeGreaterThan(0));
    first.kill();
    const second = await lab.deliverMortally();
    for (const each of cards) await lab.write(card('half way'), each);
    // Only the second one edits: the lease of the first has run out, and it is in the middle of its work.
    await vi.waitFor(() => expect(lab.platform.callsOf('edit').length).toBeGreaterThan(0), { timeout: 15_000, interval: 5 });
    second.kill();
    const messages = [];
    for (const each of cards) messages.push(await lab.write(card(`end of ${each.key}`, 'success'), each));
    await lab.deliver();
    for (const message of messages) {
      await vi.waitFor(
        () => {
          const shown = lab.platform.standing(message.channel).filter((post) => post.messageId === message.id);
          expect(shown).toHaveLength(1);
          expect(shown[0]?.content).toEqual(message.content);
        },
        { timeout: 15_000 },
      );
    }
  });
});

describe('a process that stops in order', () => {
  it('waits for its requests and records them, so that nothing has to be looked for', async () => {
    const lab = setUp();
    const first = await lab.deliver();
    lab.platform.latencyMs = () => 200;
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await vi.waitFor(() => expect(lab.platform.callsOf('post')).toHaveLength(1));
    await first.stop();
    expect(await lab.deliveryOf(id)).toMatchObject({ state: 'delivered', remoteId: 'R1', posting: null });
    // The next one need not wait until the lease runs out.
    expect(await test.database.stores.leases.holderOf(`delivery:${lab.platform.name}`)).toBeNull();
  });
});

describe('a database that goes away', () => {
  it('costs no message and makes none twice', async () => {
    const server = await startRestartablePostgres();
    const database = new PostgresDatabase({ connectionString: server.url, logger: silentLogger, sealer: MESSAGE_SEALER });
    try {
      await database.migrate();
      const lab = setUp({}, { ...test, database, another: () => database });
      const { platform } = lab;
      const answer = Promise.withResolvers<void>();
      const messenger = platform.messenger();
      await lab.deliver({
        messengers: [
          {
            ...messenger,
            post: async (message) => {
              const result = await messenger.post(message);
              await answer.promise;
              return result;
            },
          },
        ],
      });
      const messages = [await lab.write(card('one'), { key: 'card:1' }), await lab.write(card('two'), { key: 'card:2', channel: 'T1/C2' })];
      await vi.waitFor(() => expect(platform.posts).toHaveLength(2));
      await server.down();
      answer.resolve();
      // Longer than the lease lasts.
      await systemClock.sleep(1_500);
      await server.up();
      for (const { id } of messages) await lab.settled(id);
      await lab.write(card('end', 'success'), { key: 'card:1' });
      await lab.shows(card('end', 'success'));
      expect(platform.posts).toHaveLength(2);
      expect(platform.callsOf('find')).toEqual([]);
    } finally {
      for (const lab of labs.splice(0)) await lab.stopAll();
      await database.close();
      await server.stop();
    }
  });
});

describe('two processes side by side', () => {
  it('deliver each message once, and one of them stands by until the other ends', async () => {
    const lab = setUp();
    const usedBy = [0, 0];
    const counted = (index: number) => {
      const messenger = lab.platform.messenger();
      return {
        ...messenger,
        post: (message: Parameters<typeof messenger.post>[0]) => {
          usedBy[index] = (usedBy[index] ?? 0) + 1;
          return messenger.post(message);
        },
      };
    };
    const first = await lab.deliver({ messengers: [counted(0)] });
    const ids = [];
    for (let index = 0; index < 10; index += 1) ids.push((await lab.write(card('x'), { key: `a:${index}` })).id);
    for (const id of ids.splice(0)) await lab.settled(id);
    await lab.deliver({ messengers: [counted(1)], database: test.another() });
    for (let index = 0; index < 10; index += 1) ids.push((await lab.write(card('x'), { key: `b:${index}` })).id);
    for (const id of ids.splice(0)) await lab.settled(id);
    expect(usedBy).toEqual([20, 0]);
    await first.stop();
    const { id } = await lab.write(card('x'), { key: 'c' });
    await lab.settled(id);
    expect(usedBy).toEqual([20, 1]);
    expect(lab.platform.posts).toHaveLength(21);
  });

  it('keep the minute’s edits together when one takes over', async () => {
    const lab = setUp({ budget: { perChannelMs: null, editsPerMinute: 5, workspaceOf: () => 'T1' } });
    const dying = await lab.deliverMortally();
    const ids = [];
    for (let index = 0; index < 8; index += 1) ids.push((await lab.write(card('x'), { key: `a:${index}` })).id);
    for (const id of ids) await lab.settled(id);
    for (let index = 0; index < 8; index += 1) await lab.write(card('y', 'success'), { key: `a:${index}` });
    await vi.waitFor(() => expect(lab.platform.callsOf('edit')).toHaveLength(5));
    // What of the minute is spent is recorded, together with the answers.
    const spent = async () => (await test.database.stores.deliveries.progress(lab.platform.name)).spending.edits['T1'];
    await vi.waitFor(async () => expect(await spent()).toHaveLength(5));
    dying.kill();
    await lab.deliver();
    await lab.settled((await lab.write(card('new'), { key: 'later' })).id);
    await systemClock.sleep(300);
    expect(lab.platform.callsOf('edit')).toHaveLength(5);
    expect(lab.platform.limited).toBe(0);
  });

  it('write nothing for a process that lost its lease while it was held up', async () => {
    const lab = setUp();
    const release = Promise.withResolvers<void>();
    const messenger = lab.platform.messenger();
    const first = await lab.deliver({
      messengers: [
        {
          ...messenger,
          post: async (message) => {
            const result = await messenger.post(message);
            await release.promise;
            return result;
          },
        },
      ],
    });
    const { id } = await lab.write(card('one'), { key: 'card:1' });
    await vi.waitFor(() => expect(lab.platform.posts).toHaveLength(1));
    const fence = await test.database.stores.leases.holderOf(`delivery:${lab.platform.name}`);
    await test.database.stores.leases.release({
      stack: `delivery:${lab.platform.name}`,
      deploymentId: 'delivery',
      fence: fence?.fence ?? 0,
    });
    await lab.deliver({ database: test.another() });
    await lab.settled(id);
    await lab.write(card('two'), { key: 'card:1' });
    await lab.shows(card('two'));
    await lab.settled(id);
    const settled = await lab.deliveryOf(id);
    release.resolve();
    await first.stop();
    expect(await lab.deliveryOf(id)).toEqual(settled);
    expect(lab.platform.posts).toHaveLength(1);
  });
});

describe('budgets', () => {
  it('are kept for every channel and for a workspace’s edits, so that the platform never has to say so', async () => {
    const lab = setUp({ budget: { perChannelMs: 60, editsPerMinute: 12, workspaceOf: () => 'T1' } });
    lab.platform.latencyMs = () => Math.random() * 30;
    await lab.deliver();
    const messages = [];
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 12; index += 1) {
        const isLast = round === 3;
        const message = await lab.write(card(String(round), isLast ? 'success' : 'pending'), {
          key: `card:${index}`,
          channel: `T1/C${index % 3}`,
        });
        if (isLast) messages.push(message);
      }
    }
    await vi.waitFor(() => expect(lab.platform.posts).toHaveLength(12), { timeout: 10_000 });
    await systemClock.sleep(1_000);
    expect(lab.platform.limited).toBe(0);
    expect(lab.platform.callsOf('edit').length).toBeLessThanOrEqual(12);
  });

  it('are saved where much is to be edited: a detail under way is posted once it is settled, and at once where little is', async () => {
    const lab = setUp({ budget: { perChannelMs: null, editsPerMinute: 10, workspaceOf: (channel) => channel.split('/')[0] ?? '' } });
    await lab.deliver();
    const underWay = { ...card('under way'), tone: 'progress' };
    const detailsOf = async (channel: string, count: number) => {
      const { id: threadRoot } = await lab.write(card('card'), { key: 'card', channel });
      await lab.settled(threadRoot);
      const details = Array.from({ length: count }, (_, index) => ({ key: `detail:${index}`, channel, threadRoot }));
      await test.database.transact(async (stores) => {
        for (const detail of details) {
          await stores.messages.upsert({
            platform: lab.platform.name,
            author: { kind: 'bot' },
            privateTo: null,
            content: underWay,
            at: Date.now(),
            ...detail,
          });
        }
      });
      await lab.write(underWay, { key: 'detail:0', channel, threadRoot });
      return details;
    };
    await detailsOf('T2/C1', 1);
    await lab.shows(underWay, 'T2/C1');
    const many = await detailsOf('T1/C1', 6);
    await systemClock.sleep(400);
    expect(lab.platform.standing('T1/C1')).toHaveLength(1);
    for (const detail of many) await lab.settled((await lab.write(card('done'), detail)).id);
    // The last ones no longer had to wait.
    expect(lab.platform.callsOf('edit').length).toBeLessThanOrEqual(2);
  });

  it('cost no starvation: a channel with one card gets its edit while another changes all the time', async () => {
    const lab = setUp({ budget: { perChannelMs: 10, editsPerMinute: null, workspaceOf: () => 'T1' } });
    await lab.deliver({ settings: { inFlight: 1 } });
    lab.platform.latencyMs = () => 10;
    const quiet = await lab.write(card('one'), { key: 'quiet', channel: 'T1/C2' });
    await lab.settled(quiet.id);
    let isOver = false;
    const noise = (async () => {
      for (let round = 0; !isOver; round += 1) {
        for (let index = 0; index < 4; index += 1) await lab.write(card(`${round}`), { key: `noise:${index}` });
      }
    })();
    await vi.waitFor(() => expect(lab.platform.callsOf('edit').length).toBeGreaterThan(3), { timeout: 10_000 });
    await lab.write(card('two'), { key: 'quiet', channel: 'T1/C2' });
    await lab.shows(card('two'), 'T1/C2');
    isOver = true;
    await noise;
  });
});

describe('a platform that fails often', () => {
  it('ends with one final, correct message each, its thread complete and under it', async () => {
    const lab = setUp({ budget: { perChannelMs: 5, editsPerMinute: null, workspaceOf: () => 'T1' } });
    let seed = 7;
    const chance = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    lab.platform.fault = () => {
      const roll = chance();
      if (roll < 0.1) return { kind: 'rate_limited', retryAfterMs: 30, scope: 'channel' };
      if (roll < 0.15) return { kind: 'unavailable', reason: 'HTTP 503' };
      if (roll < 0.2) return { kind: 'unknown', reason: 'HTTP 500' };
      return roll < 0.25 ? { kind: 'lost_answer' } : null;
    };
    await lab.deliver();
    const roots = [];
    const replies = [];
    for (let index = 0; index < 30; index += 1) {
      const channel = `T1/C${index % 4}`;
      const root = await lab.write(card('starts'), { key: `card:${index}`, channel });
      replies.push(await lab.write(card(`plan ${index}`), { key: `thread:${index}`, channel, threadRoot: root.id }));
      roots.push(await lab.write(card(`end ${index}`, 'success'), { key: `card:${index}`, channel }));
    }
    for (const { id } of [...roots, ...replies]) await lab.settled(id);
    for (const message of [...roots, ...replies]) {
      const shown = lab.platform.posts.filter((post) => post.messageId === message.id);
      expect(shown.map(({ content }) => content)).toEqual([message.content]);
    }
    for (const reply of replies) {
      const post = lab.platform.posts.find(({ messageId }) => messageId === reply.id);
      const root = lab.platform.posts.find(({ messageId }) => messageId === reply.threadRoot);
      expect(post?.threadOf).toBe(root?.remoteId);
    }
  });
});
