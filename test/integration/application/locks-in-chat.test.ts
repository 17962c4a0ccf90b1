import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CronerSchedules } from '../../../adapters/croner/croner-schedules.ts';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { parseKeys } from '../../../adapters/crypto/keys.ts';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import { clearToRun } from '../../../src/application/approvals/clear-to-run.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import { tendOnce } from '../../../src/application/locks/tend-environments.ts';
import type { Reply } from '../../../src/chat/command.ts';
import { createChatCore } from '../../../src/chat-core/create-chat-core.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { createNotices } from '../../../src/chat-core/tell-person.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import { anApp, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { FakeClock, NO_METRICS, only, someParts } from '../../support/builders-parts.ts';
import { FakeOrchestrator } from '../../support/fake-orchestrator.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

const olga = { id: 'olga', name: 'Olga' };
const dana = { id: 'dana', name: 'Dana' };

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

/** What two people type and click, on the real database; nothing runs what is queued. */
function setUp() {
  const { database } = test;
  const clock = new FakeClock(Date.parse('2026-11-21T12:00:00Z'));
  const workspace = () =>
    aWorkspace({
      apps: { shop: anApp('shop') },
      people: { olga: { ...olga, identities: {} }, dana: { ...dana, identities: {} } },
      channels: [{ name: 'deploys', topic: '' }],
    });
  const parts = someParts({
    database,
    clock,
    workspace,
    notices: createNotices({ database, workspace, clock }),
    schedules: new CronerSchedules(),
    source: only<AppSource>('source', {
      read: async ({ app, environment, version }) => ({
        ok: true,
        spec: aStack([aService('web', {}, version ?? '0')], { app, environment, stack: `${app}-${environment}` }),
        contents: { secrets: new Map(), configs: new Map() },
        warnings: [],
        sourceCommit: null,
        version,
      }),
    }),
    images: only<ImageResolver>('images', { resolve: async (reference) => ({ reference, pinned: reference, source: 'given' }) }),
    orchestrator: new FakeOrchestrator(),
    sealer: new AesSealer(parseKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`)),
    queue: only<DeploymentQueue>('queue', { wake: async () => undefined }),
  });
  const useCases = createUseCases(parts);
  const projection = createDeploymentProjection({ database, readDeployment: useCases.readDeployment, workspace, clock });
  const core = createChatCore({ ...parts, commands, actions, useCases, projection, logger: silentLogger, metrics: NO_METRICS });
  const from = (person: typeof dana) => ({ platform: 'web', channel: 'deploys', person, deliveryId: randomUUID() });
  const say = (person: typeof dana, text: string) => core.command({ ...from(person), text });
  const click = (person: typeof dana, action: string) => core.action({ ...from(person), action, values: {} });
  const seenBy = async (person: typeof dana) => {
    const messages = await database.stores.messages.channel('web', 'deploys', { id: person.id, apps: ['shop'] }, 50);
    return messages.map(({ content }) => (typeof content === 'string' ? content : (content as { summary: string }).summary));
  };
  return { parts, clock, say, click, seenBy };
}

const offers = (reply: Reply | null) => (reply?.kind === 'refusal' ? (reply.refusal.offers ?? []) : []);

it('who is locked out is told by whom, asks to be told of the opening with a click, and deploys then', async () => {
  const { parts, say, click, seenBy } = setUp();
  await say(olga, '/lock shop staging "db migration" 2h');
  const refused = await say(dana, '/deploy shop staging 1.1.0');
  expect(refused).toMatchObject({
    kind: 'refusal',
    refusal: { refused: 'locked', message: 'shop staging is locked by Olga: db migration.' },
  });
  const [offer] = offers(refused);
  expect(await click(dana, `${offer?.verb}:${offer?.id}`)).toMatchObject({ kind: 'message', visibility: 'private' });
  await tendOnce(parts);
  expect(await seenBy(dana)).not.toContain('shop staging is open again.');

  await say(olga, '/unlock shop staging');
  await tendOnce(parts);
  expect(await seenBy(dana)).toContain('shop staging is open again.');
  expect(await seenBy(olga)).not.toContain('shop staging is open again.');
  expect(await say(dana, '/deploy shop staging 1.1.0')).toMatchObject({ kind: 'card' });
});

it('what was queued before a lock does not start under it, unless it is its holder’s', async () => {
  const { parts, clock, say, seenBy } = setUp();
  const asked = await say(dana, '/deploy shop staging 1.1.0');
  const deployment = asked?.kind === 'card' ? await test.database.stores.deployments.find(asked.deploymentId) : null;
  if (deployment === null) throw new Error('nothing was queued');
  const mayRun = () => test.database.transact((stores) => clearToRun(parts, stores, deployment));
  expect(await mayRun()).toBeNull();
  await say(olga, '/lock shop staging "db migration" 1h');
  expect(await mayRun()).toEqual({
    kind: 'waits',
    hold: { since: clock.now(), because: 'shop staging is locked by Olga: db migration.', opensAt: clock.now() + 3_600_000 },
  });
  const hold = { since: clock.now(), because: 'it is closed', opensAt: null };
  expect(await test.database.stores.deployments.hold(deployment.id, hold, null)).toBe(true);
  await tendOnce(parts);
  const stored = () => test.database.stores.deployments.find(deployment.id);
  expect((await stored())?.hold).toMatchObject({
    because: 'shop staging is locked by Olga: db migration.',
    opensAt: hold.since + 3_600_000,
  });
  expect(await seenBy(dana)).toContain('Your deployment of shop staging 1.1.0 waits.');
  await clock.advance(10_000);
  await say(dana, '/lock shop staging --steal');
  expect(await mayRun()).toBeNull();
  await tendOnce(parts);
  expect((await stored())?.hold).toBeUndefined();
});

it('a freeze stands in the status, in the list of apps, and in the way', async () => {
  const { clock, say } = setUp();
  await say(olga, '/freeze all staging "stocktaking" --for 3h');
  expect(JSON.stringify(await say(dana, '/status shop staging'))).toContain('⛔ Frozen by Olga: stocktaking.');
  expect(JSON.stringify(await say(dana, '/apps'))).toContain('⛔staging');
  expect(await say(olga, '/deploy shop staging 1.1.0')).toMatchObject({
    refusal: { refused: 'frozen', times: [{ label: 'Opens', at: clock.now() + 3 * 3_600_000 }] },
  });
  await clock.advance(3 * 3_600_000);
  expect(JSON.stringify(await say(dana, '/apps'))).not.toContain('⛔');
  expect(await say(olga, '/deploy shop staging 1.1.0')).toMatchObject({ kind: 'card' });
});
