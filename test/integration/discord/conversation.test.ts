import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { createChatCore } from '../../../src/chat-core/create-chat-core.ts';
import { startDelivery } from '../../../src/chat-core/delivery/start-delivery.ts';
import { startIntake } from '../../../src/chat-core/intake/start-intake.ts';
import type { DeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { Database } from '../../../src/ports/database.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';
import { aWorkspace } from '../../support/builders.ts';
import { only } from '../../support/builders-parts.ts';
import { QUICK } from '../../support/delivery/delivery-lab.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../../support/delivery/parts.ts';
import { serveBot } from '../../support/discord/bot.ts';
import { ADA, interactionFrom, ROLE, slash, submitted } from '../../support/discord/interactions.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { textsOf } from '../../support/discord/peer-state.ts';
import { until } from '../../support/discord/scenario.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { fakeUseCases } from '../../unit/commands/fake-use-cases.ts';

/** Signed requests through the adapter, the durable intake, the core, the database and the delivery loop, back to Discord. */
let test: TestDatabase;
let peer: DiscordPeer;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
beforeEach(async () => {
  peer = await startDiscordPeer();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await peer.close();
  expect(peer.problems).toEqual([]);
});
afterAll(async () => test.drop());

async function instance(given: Partial<UseCases> = {}, publicKey?: string, database: Database = test.database) {
  const shared = { database, clock: systemClock, logger: silentLogger, sealer: turningSealer, commands, actions };
  const core = createChatCore({
    ...shared,
    useCases: fakeUseCases(given),
    rateLimits: test.database.rateLimits,
    workspace: () => aWorkspace({ limits: { commandsPerMinute: 10_000, channelCommandsPerMinute: 100_000, deploymentsPerHour: 10_000 } }),
    projection: only<DeploymentProjection>('projection'),
    metrics: only<Metrics>('metrics', { commandHandled: () => undefined }),
  });
  const findPerson = async (_platform: string, { id, name, groups }: { id: string; name: string; groups: readonly string[] }) =>
    ({ id: `discord:${id}`, name, groups }) as Person;
  const intake = startIntake({ ...shared, core, findPerson, metrics: NO_DELIVERY_METRICS });
  const bot = await serveBot(peer, { intake: intake.intake, ...(publicKey === undefined ? {} : { publicKey }) });
  const delivery = await startDelivery({
    ...shared,
    messengers: [bot.discord.messenger],
    metrics: NO_DELIVERY_METRICS,
    accountOf: async (_platform, person) => person.replace('discord:', ''),
    directChannelOf: async (_platform, account) => `@${account}`,
    onChannelGone: async () => undefined,
    settings: QUICK,
  });
  closing.push(
    async () => intake.stop(),
    async () => delivery.stop(),
    async () => bot.close(),
  );
  return bot;
}

const target = [
  { name: 'app', type: 3, value: 'shop' },
  { name: 'environment', type: 3, value: 'staging' },
];

async function interact(bot: Awaited<ReturnType<typeof instance>>, type: 2 | 5, data: Record<string, unknown>) {
  const { known, sent } = interactionFrom(peer, type, data);
  const { body } = await bot.interact(sent);
  peer.respond(known, body);
  return { known, body: body as { type: number; data?: { custom_id?: string } } };
}

describe('a conversation on Discord', () => {
  it('shows a refusal to the person alone, in place of the acknowledgement', async () => {
    const bot = await instance();
    const { known } = await interact(bot, 2, slash('deploy', target));
    await until('the refusal', () => known.original !== null && textsOf(known.original).join('').includes('There is nothing.'));
    expect([known.original?.isLoading, peer.channel.messages.length]).toEqual([false, 0]);
  });

  it('shows a public answer to everyone and takes the acknowledgement away', async () => {
    const bot = await instance({
      readHistory: async () => ({ deployments: [], statistics: { total: 0, succeeded: 0, failed: 0, medianDurationMs: null } }),
    });
    const { known } = await interact(bot, 2, slash('history', target));
    await until('the answer', () => peer.channel.messages.length === 1);
    await until('the acknowledgement to go', () => known.original === null);
  });

  it.each(['access', 'permission'] as const)('tells the person alone what it may not post in their channel: no %s', async (barred) => {
    peer.channel.barred = barred;
    const bot = await instance({
      readHistory: async () => ({ deployments: [], statistics: { total: 0, succeeded: 0, failed: 0, medianDurationMs: null } }),
    });
    const { known } = await interact(bot, 2, slash('history', target));
    await until('the note', () => known.followUps.some((message) => textsOf(message).join('').includes('could not write in this channel')));
    expect([known.original, peer.channel.messages.length]).toEqual([null, 0]);
  });

  it('asks by form for what was left out, and does what is submitted, by a person with their roles', async () => {
    const asked: unknown[] = [];
    const bot = await instance({
      requestDeployment: async ({ person, app, environment, version }) => {
        asked.push({ person, app, environment, version });
        return { refused: 'not_allowed', message: 'You may not.', hint: null, details: [] };
      },
    });
    const { body } = await interact(bot, 2, slash('deploy'));
    expect(body.type).toBe(9);
    const { known } = await interact(
      bot,
      5,
      submitted(String(body.data?.custom_id), { app: ['shop'], environment: ['staging'], version: '1.1.0' }),
    );
    await until('the refusal', () => known.original !== null && textsOf(known.original).join('').includes('You may not.'));
    expect(asked).toMatchObject([
      { person: { id: `discord:${ADA.id}`, groups: [`discord-role:${ROLE}`] }, app: 'shop', environment: 'staging', version: '1.1.0' },
    ]);
  });

  it('a thousand replays over two processes with one database have one effect and one answer', async () => {
    let effects = 0;
    const useCases: Partial<UseCases> = {
      readHistory: async () => {
        effects += 1;
        return { deployments: [], statistics: { total: 0, succeeded: 0, failed: 0, medianDurationMs: null } };
      },
    };
    const first = await instance(useCases);
    const second = await instance(useCases, first.signer.publicKey, test.another());
    const { sent } = interactionFrom(peer, 2, slash('history', target));
    const body = JSON.stringify(sent);
    const headers = first.signer.headers(body);
    const statuses: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? first : second).post(body, headers)));
      statuses.push(...answers.map(({ status }) => status));
    }
    await until('the answer', () => peer.channel.messages.length > 0);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 202)).toHaveLength(999);
    expect([effects, peer.channel.messages.length]).toEqual([1, 1]);
  });
});
