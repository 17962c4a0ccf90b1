import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { createChatCore } from '../../../src/chat-core/create-chat-core.ts';
import { createConversations } from '../../../src/chat-core/create-conversations.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { startProjector } from '../../../src/chat-core/start-projector.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Place } from '../../../src/domain/place.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';
import type { AppConfig } from '../../../src/ports/workspace.ts';
import { aPolicy } from '../../support/approval-builders.ts';
import { aDeployment, anApp, anEnvironment, aStack, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { fakeUseCases, requested } from '../../unit/commands/fake-use-cases.ts';

const dana = { id: 'dana', name: 'Dana' };
const olga = { id: 'olga', name: 'Olga Owner' };
const metrics: Metrics = {
  deploymentFinished() {},
  stageFinished() {},
  approvalEnded() {},
  commandHandled() {},
  engineWrite() {},
  leaseLost() {},
  cardProjected() {},
};

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/** A core over the real database; deployments are rows that the test writes, everything else is what `given` says. */
function setUp(given: Partial<UseCases> = {}, home: string | null = null, commandsPerMinute = 1000, channelCommandsPerMinute = 1000) {
  const { database } = test;
  const clock = systemClock;
  const platform = `web-${randomUUID().slice(0, 8)}`;
  const useCases = fakeUseCases({ readDeployment, ...given });
  const projection = createDeploymentProjection({
    database,
    readDeployment: useCases.readDeployment,
    workspace: () => workspaceWith(home === null ? [] : [{ platform, channel: home }]),
    clock,
  });
  const { rateLimits } = database;
  const workspace = () => aWorkspace({ limits: { commandsPerMinute, channelCommandsPerMinute, deploymentsPerHour: 120 } });
  const core = createChatCore({
    commands,
    actions,
    useCases,
    database,
    rateLimits,
    workspace,
    projection,
    clock,
    logger: silentLogger,
    metrics,
  });
  const conversations = createConversations({ database, workspace: () => aWorkspace(), clock });
  const say = (text: string, deliveryId: string = randomUUID()) =>
    core.command({ platform, channel: 'ops', person: dana, deliveryId, text });
  const seenBy = async (person: typeof dana, channel = 'ops') =>
    (await conversations.channel(platform, channel, person, 50)).map((message) =>
      typeof message.content === 'string' ? message.content : summaryOf(message.content),
    );
  return { database, clock, platform, core, conversations, projection, say, seenBy };
}

function workspaceWith(channels: readonly Place[], members: Partial<AppConfig> = {}) {
  const staging = { overrideFiles: [], variables: {}, envFiles: [], profiles: [], channels };
  return aWorkspace({ apps: { shop: anApp('shop', { environments: { staging }, ...members }) } });
}

async function readDeployment(id: string) {
  const { deployments } = test.database.stores;
  const deployment = await deployments.find(id);
  if (deployment === null) return null;
  const release = {
    id: deployment.releaseId,
    app: 'shop',
    environment: 'staging',
    version: '1.0.0',
    spec: aStack([]),
    specHash: 'h',
    sourceCommit: null,
    createdAt: 0,
  };
  const [progress, stages] = await Promise.all([deployments.progressOf(id), deployments.stagesOf(id)]);
  return {
    deployment,
    release,
    progress,
    stages,
    position: 0,
    waitsFor: null,
    etaAt: null,
    rollbackTarget: null,
    isNewest: true,
    outage: null,
    approval: null,
    brokenGlass: null,
  };
}

async function storeDeployment(platform: string, members: Partial<Deployment> = {}): Promise<string> {
  const id = randomUUID().replaceAll('-', '').slice(0, 13);
  const { stores } = test.database;
  const spec = aStack([]);
  const release = {
    id: `r${id}`,
    app: 'shop',
    environment: 'staging',
    version: '1.0.0',
    spec,
    specHash: id,
    sourceCommit: null,
    createdAt: 0,
  };
  await stores.releases.insert(release);
  const origin = { platform, channel: 'ops' };
  await stores.deployments.insert(
    aDeployment({
      id,
      releaseId: release.id,
      stack: `shop-${id}`,
      state: 'queued',
      startedAt: null,
      origin,
      requestedAt: Date.now(),
      ...members,
    }),
    randomUUID(),
  );
  return id;
}

function summaryOf(content: unknown): string {
  return typeof content === 'object' && content !== null && 'summary' in content ? String(content.summary) : '';
}

describe('the chat core', () => {
  it('handles a delivery once, however often it comes', async () => {
    const asked = vi.fn(async () => []);
    const { say, seenBy } = setUp({ listApps: asked });
    const deliveryId = randomUUID();
    const replies = await Promise.all([say('/apps', deliveryId), say('/apps', deliveryId), say('/apps', deliveryId)]);
    expect(replies.filter((reply) => reply === null)).toHaveLength(2);
    expect(await say('/apps', deliveryId)).toBeNull();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(await seenBy(dana)).toEqual(['/apps', 'You have no role in any app']);
  });

  it('shows what was typed and its answer to everyone when the answer is public', async () => {
    const { say, seenBy } = setUp();
    await say('/history shop');
    expect(await seenBy(olga)).toEqual(['/history shop', 'History of shop: nothing yet']);
  });

  it('keeps refusals, and what led to them, between the bot and the person', async () => {
    const { say, seenBy } = setUp();
    const reply = await say('/delpoy shop staging');
    expect(reply).toMatchObject({ kind: 'refusal' });
    expect(await seenBy(olga)).toEqual([]);
    expect(await seenBy(dana)).toEqual(['/delpoy shop staging', 'There is no command /delpoy. Did you mean /deploy?']);
  });

  it('offers the line to type instead of a misspelled value', async () => {
    const { say } = setUp({
      requestDeployment: async () =>
        refusal('unknown_environment', 'shop has no environment “stagign”.', 'Its environments: staging, production.'),
    });
    expect(await say('/deploy shop stagign 1.1.0 --reason "two words"')).toMatchObject({
      refusal: {
        hint: 'Its environments: staging, production.\nDid you mean staging? Type: /deploy shop staging 1.1.0 --reason "two words"',
      },
    });
    expect(await say('/deploy shop')).toMatchObject({
      refusal: {
        hint: 'Type: /deploy shop <environment> [version] [--reason text] [--latest]\nThe environment may be staging, production.',
      },
    });
  });

  it('records refused access', async () => {
    const { say, database, platform } = setUp({ requestDeployment: async () => refusal('not_allowed', 'You may not.') });
    await say('/deploy shop staging');
    const records = await database.stores.audit.list({ actor: 'dana', limit: 50 });
    expect(records.find((record) => record.source === `${platform}:ops`)).toMatchObject({
      action: 'command.refused',
      subject: 'shop/staging',
      result: 'refused',
      details: { command: 'deploy', code: 'not_allowed' },
    });
  });

  it('records every other refusal with its answer, but no slip of the pen, and nothing that its use case has recorded', async () => {
    const codes = ['outdated', 'reason_required', 'unknown_deployment', 'locked', 'nothing_deployed', 'unknown_version'] as const;
    const recorded: unknown[] = [];
    for (const code of codes) {
      const { say, database, platform } = setUp({ requestDeployment: async () => refusal(code, 'No.') });
      await say('/deploy shop staging');
      const records = await database.stores.audit.list({ actor: 'dana', limit: 500 });
      recorded.push(...records.filter(({ source }) => source === `${platform}:ops`).map(({ details }) => details['code']));
    }
    expect(recorded).toEqual(['outdated', 'reason_required', 'unknown_deployment']);
  });

  it('records a refused click under the app and environment that it was about', async () => {
    const { core, database, platform } = setUp({ cancelDeployment: async () => refusal('not_allowed', 'You may not.') });
    const id = await storeDeployment(platform);
    await core.action({ platform, channel: 'ops', person: olga, deliveryId: randomUUID(), action: `cancel:${id}`, values: {} });
    const records = await database.stores.audit.list({ actor: 'olga', limit: 50 });
    expect(records.find(({ source }) => source === `${platform}:ops`)).toMatchObject({
      subject: 'shop/staging',
      details: { command: 'button:cancel', code: 'not_allowed' },
    });
  });

  it('says a refusal once: a form that shows it itself leaves no message of it, and the record all the same', async () => {
    for (const showsRefusal of [false, true]) {
      const { core, database, platform, seenBy } = setUp({ cancelDeployment: async () => refusal('not_allowed', 'You may not.') });
      const id = await storeDeployment(platform);
      const action = { platform, channel: 'ops', person: olga, deliveryId: randomUUID(), action: `cancel:${id}`, values: {}, showsRefusal };
      expect(await core.action(action)).toMatchObject({ kind: 'refusal' });
      expect(await core.action(action)).toBeNull();
      expect(await seenBy(olga)).toHaveLength(showsRefusal ? 0 : 1);
      const records = await database.stores.audit.list({ limit: 5 });
      expect(records.filter(({ source }) => source === `${platform}:ops`)).toHaveLength(1);
    }
  });

  it('answers no refusal that it could not record', async () => {
    const { say, database, seenBy } = setUp({ requestDeployment: async () => refusal('not_allowed', 'You may not.') });
    const append = vi.spyOn(Object.getPrototypeOf(database.stores.audit), 'append').mockRejectedValueOnce(new Error('the disk is full'));
    expect(await say('/deploy shop staging')).toMatchObject({ kind: 'message' });
    append.mockRestore();
    expect((await seenBy(dana)).join()).not.toContain('may not');
  });

  it('asks with a form for the arguments of a bare command that has one, and says what is missing of any other', async () => {
    const { say } = setUp();
    expect(await say('/deploy')).toMatchObject({ kind: 'form', form: { title: 'Deploy' } });
    expect(await say('/deploy shop')).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments' } });
    expect(await say('/rollback')).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments' } });
  });

  it('refuses what comes too fast from one person, and nobody else', async () => {
    const { platform, core } = setUp({}, null, 3);
    const person = { id: `fast-${platform}`, name: 'Fast' };
    const from = (who: typeof person) => core.command({ platform, channel: 'ops', person: who, deliveryId: randomUUID(), text: '/help' });
    const replies = await Promise.all(Array.from({ length: 8 }, () => from(person)));
    const kinds = replies.map((reply) => (reply?.kind === 'refusal' ? reply.refusal.refused : reply?.kind));
    expect(kinds.filter((kind) => kind === 'message')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'rate_limited')).toHaveLength(5);
    expect(await from({ id: `slow-${platform}`, name: 'Slow' })).toMatchObject({ kind: 'message' });
  });

  it('refuses what comes too fast from one channel, whoever it is', async () => {
    const { platform, core } = setUp({}, null, 1000, 4);
    const from = (who: string, channel: string) =>
      core.command({ platform, channel, person: { id: `${who}-${platform}`, name: who }, deliveryId: randomUUID(), text: '/help' });
    const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => from(`person-${index}`, 'busy')));
    expect(replies.filter((reply) => reply?.kind === 'message')).toHaveLength(4);
    expect(await from('person-0', 'quiet')).toMatchObject({ kind: 'message' });
  });

  it('answers a fault of ours privately, with a reference and without its insides', async () => {
    const broken = async () => {
      throw new Error('password=hunter2 at 10.0.0.1');
    };
    const { say, seenBy } = setUp({ listApps: broken });
    const reply = await say('/apps');
    expect(JSON.stringify(reply)).not.toContain('hunter2');
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private', message: { tone: 'danger' } });
    expect((await seenBy(dana))[1]).toMatch(/^Something broke on our side \(reference [0-9a-f]{8}\)$/);
  });

  it('posts the card at once, and one card only', async () => {
    const { platform, say, seenBy, projection, core } = setUp({
      requestDeployment: async () => requested(await storeDeployment(platform)),
    });
    const reply = await say('/deploy shop staging');
    expect(await seenBy(olga)).toEqual(['/deploy shop staging', 'shop → staging 1.0.0: ⏳ Starting.']);
    if (reply?.kind !== 'card') throw new Error('no card');
    await projection.project(reply.deploymentId);
    expect(await seenBy(olga)).toHaveLength(2);
    expect(
      await core.action({ platform, channel: 'ops', person: dana, deliveryId: randomUUID(), action: 'nonsense', values: {} }),
    ).toMatchObject({ kind: 'refusal' });
  });

  it('tells somebody elsewhere where the card stands, instead of a card that nobody keeps up to date', async () => {
    const { platform, core, seenBy } = setUp({
      cancelDeployment: async () => ({ deployment: aDeployment({ id: await storeDeployment(platform) }), effect: 'cancelled' }),
    });
    const reply = await core.command({ platform, channel: 'random', person: dana, deliveryId: randomUUID(), text: '/cancel shop staging' });
    expect(JSON.stringify(reply)).toContain('Its card is in #ops.');
    expect(await seenBy(olga, 'random')).toHaveLength(2);
  });
});

describe('the projector', () => {
  it('brings card and thread to the last state in every channel, also of what was never notified', async () => {
    const { platform, database, projection, clock, seenBy, conversations } = setUp({}, 'team');
    const notified = await storeDeployment(platform);
    const silent = await storeDeployment(platform);
    const projector = await startProjector({ database, projection, clock, logger: silentLogger, metrics, sweepMs: 50, paceMs: 5 });
    try {
      await database.stores.deployments.transition(notified, 'queued', 'running', { startedAt: Date.now(), stage: 'prepare' }, null);
      await database.notify(database.stores, 'deployment', notified);
      await database.stores.deployments.transition(silent, 'queued', 'cancelled', { finishedAt: Date.now() }, null);
      await vi.waitFor(
        async () => {
          for (const channel of ['ops', 'team']) {
            const seen = await seenBy(olga, channel);
            expect(seen.join('\n')).toContain('🚢 Deploying.');
            expect(seen.join('\n')).toContain('⏹️ Cancelled. It had not started, so it changed nothing.');
          }
        },
        { timeout: 10_000, interval: 20 },
      );
      const card = await database.stores.messages.findByKey(platform, 'ops', `card:${notified}`);
      expect(await conversations.thread(card?.id ?? '', olga)).toMatchObject([{ key: `thread:${notified}:plan` }]);
    } finally {
      await projector.stop();
    }
  });

  it('shows a channel that follows failures the card only then, and keeps it up to date from there', async () => {
    const { platform, database, projection } = setUp();
    const app = `app-${platform}`;
    const place = { platform, channel: 'followers' };
    const createdBy = { id: 'dana', name: 'Dana' };
    await database.stores.subscriptions.put({
      id: randomUUID(),
      place,
      app,
      environment: null,
      about: ['failures'],
      createdBy,
      createdAt: 1,
      muted: null,
    });
    const id = await storeDeployment(platform, { app });
    const seen = () => database.stores.messages.findByKey(platform, 'followers', `card:${id}`);
    await database.stores.deployments.transition(id, 'queued', 'running', { startedAt: Date.now(), stage: 'promote' }, null);
    await projection.project(id);
    expect(await seen()).toBeNull();

    const failure = { code: 'unhealthy', service: 'web', message: 'web did not become healthy.' } as const;
    await database.stores.deployments.transition(id, 'running', 'rolled_back', { finishedAt: Date.now(), failure }, null);
    await projection.project(id);
    expect(summaryOf((await seen())?.content)).toContain('web');

    // Not subscribed any more: the card that stands there still ends with the truth.
    await database.stores.subscriptions.remove(place, app, 'any');
    expect((await projection.project(id))?.places).toContainEqual(place);
  });

  it('shows a person’s own conversation no more than the person may see now', async () => {
    const { database, clock } = setUp();
    const app = `app-${randomUUID().slice(0, 8)}`;
    const subscribe = (channel: string, id: string) => {
      const createdBy = { id, name: '' };
      const place = { platform: 'slack', channel };
      return database.stores.subscriptions.put({
        id: randomUUID(),
        place,
        app,
        environment: null,
        about: ['all'],
        createdBy,
        createdAt: 1,
        muted: null,
      });
    };
    await subscribe('T1/UVERA', 'vera');
    await subscribe('T1/UGONE', 'gone');
    await subscribe('T1/CTEAM', 'gone');
    const projection = createDeploymentProjection({
      database,
      readDeployment,
      workspace: () => aWorkspace({ apps: { [app]: anApp(app) } }),
      clock,
    });
    const places = (await projection.project(await storeDeployment('slack', { app })))?.places.map(({ channel }) => channel);
    expect(places).toEqual(expect.arrayContaining(['T1/UVERA', 'T1/CTEAM']));
    expect(places).not.toContain('T1/UGONE');
  });

  it('does not tell a channel of what was over before it followed', async () => {
    const { platform, database, projection } = setUp();
    const app = `app-${platform}`;
    const place = { platform, channel: 'late' };
    const earlier = await storeDeployment(platform, { app });
    await database.stores.deployments.transition(earlier, 'queued', 'cancelled', { finishedAt: Date.now() - 1000 }, null);
    const createdBy = { id: 'dana', name: 'Dana' };
    const createdAt = Date.now();
    await database.stores.subscriptions.put({
      id: randomUUID(),
      place,
      app,
      environment: null,
      about: ['all'],
      createdBy,
      createdAt,
      muted: null,
    });
    expect((await projection.project(earlier))?.places).toEqual([{ platform, channel: 'ops' }]);
    expect((await projection.project(await storeDeployment(platform, { app })))?.places).toContainEqual(place);
  });

  it('puts the card into the channels that shipmate.yml names, and into each only once', async () => {
    const { platform, database, clock } = setUp();
    const [ops, team, wide] = ['ops', 'team', 'wide'].map((channel) => ({ platform, channel })) as [Place, Place, Place];
    const workspace = workspaceWith([team, ops], { subscriptions: [{ place: wide, environment: 'staging', about: ['all'] }] });
    const projection = createDeploymentProjection({ database, readDeployment, workspace: () => workspace, clock });
    expect((await projection.project(await storeDeployment(platform)))?.places).toEqual([ops, team, wide]);
  });

  it('ends with the newest facts when two processes write the same card', async () => {
    const { platform, database, projection, clock } = setUp();
    const id = await storeDeployment(platform);
    const stale = createDeploymentProjection({
      database,
      // Reads, is overtaken by the other process, and only then writes.
      readDeployment: async (asked) => {
        const facts = await readDeployment(asked);
        if (facts?.deployment.state === 'queued') {
          await database.stores.deployments.transition(id, 'queued', 'cancelled', { finishedAt: Date.now() }, null);
          await projection.project(id);
        }
        return facts;
      },
      workspace: () => aWorkspace(),
      clock,
    });
    await stale.project(id);
    const card = await database.stores.messages.findByKey(platform, 'ops', `card:${id}`);
    expect(summaryOf(card?.content)).toContain('Cancelled');
  });
});

describe('conversations', () => {
  it('keep what a person said once per delivery, and nobody else’s', async () => {
    const { conversations, platform } = setUp();
    const said = { platform, channel: 'ops', threadRoot: null, person: dana, text: 'hello\u001B[31m', deliveryId: 'same' };
    const first = await conversations.say(said);
    expect(await conversations.say({ ...said, text: 'changed' })).toEqual(first);
    expect(first.content).toBe('hello');
    const other = await conversations.say({ ...said, person: olga, text: 'mine' });
    expect(other.id).not.toBe(first.id);
  });

  it('do not let a reply into a thread that its writer cannot see', async () => {
    const { conversations, platform, database, say } = setUp();
    await say('/apps');
    const [hidden] = await database.stores.messages.channel(platform, 'ops', { id: 'dana', apps: [] }, 5);
    const reply = await conversations.say({ platform, channel: 'ops', threadRoot: hidden?.id ?? null, person: olga, text: 'hm' });
    expect(reply.threadRoot).toBeNull();
  });
});

describe('who reads what', () => {
  const stranger = { id: 'sam', name: 'Sam' };

  /** Dana asked for a status and a deployment of the shop, for help, and said something in the card's thread. */
  async function talk() {
    const given: Partial<UseCases> = {
      requestDeployment: async () => requested(await storeDeployment(opened.platform)),
      readStatus: async () => [],
    };
    const opened = setUp(given);
    const { conversations, platform, say } = opened;
    const start = await conversations.position();
    await say('/status shop');
    const reply = await say('/deploy shop staging 1.0.0');
    const deploymentId = reply?.kind === 'card' ? reply.deploymentId : '';
    await conversations.say({ platform, channel: 'ops', threadRoot: null, person: dana, text: 'good morning' });
    const card = await conversations.card(platform, deploymentId, dana);
    const root = card?.id ?? '';
    await conversations.say({ platform, channel: 'ops', threadRoot: root, person: dana, text: 'looks good' });
    const live = async (person: typeof dana) =>
      (await conversations.changedSince(platform, person, start)).map(({ content }) =>
        typeof content === 'string' ? content : summaryOf(content),
      );
    return { ...opened, deploymentId, root, live };
  }

  it('is cards, threads, answers and what was typed for them only for people with a role in the app', async () => {
    const { conversations, platform, deploymentId, root, seenBy, live } = await talk();
    const all = await seenBy(olga);
    expect(all).toEqual(expect.arrayContaining(['/status shop', '/deploy shop staging 1.0.0', 'good morning']));
    expect(all.length).toBe(5);
    expect(await live(olga)).toContain('looks good');
    expect((await conversations.thread(root, olga)).length).toBeGreaterThan(0);
    expect(await conversations.card(platform, deploymentId, olga)).toMatchObject({ id: root });

    expect(await seenBy(stranger)).toEqual(['good morning']);
    expect(await live(stranger)).toEqual(['good morning']);
    expect(await conversations.thread(root, stranger)).toEqual([]);
    expect(await conversations.card(platform, deploymentId, stranger)).toBeNull();
    const said = await conversations.say({ platform, channel: 'ops', threadRoot: root, person: stranger, text: 'hm' });
    expect(said.threadRoot).toBeNull();
  });

  it('is the same for whoever may agree to its deployments, also without a role', async () => {
    const { database, clock, platform, deploymentId } = await talk();
    const approvals = aPolicy({ rules: [{ count: 1, from: ['security'] }] });
    const workspace = () =>
      aWorkspace({ groups: { security: [stranger.id] }, environments: { staging: anEnvironment('staging', { approvals }) } });
    const conversations = createConversations({ database, workspace, clock });
    expect(await conversations.card(platform, deploymentId, stranger)).not.toBeNull();
    expect(await conversations.card(platform, deploymentId, { id: 'else', name: 'Else' })).toBeNull();
  });
});
