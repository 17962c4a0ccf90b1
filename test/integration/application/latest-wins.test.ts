import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { parseKeys } from '../../../adapters/crypto/keys.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import type { Parts } from '../../../src/application/parts.ts';
import type { DeploymentRequest } from '../../../src/application/use-cases.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { anApp, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';
import { FakeOrchestrator } from '../../support/fake-orchestrator.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const dana = { id: 'dana', name: 'Dana' };
const adam = { id: 'adam', name: 'Adam' };

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/** An app of its own on the real database; nothing runs what is queued unless the test does. */
function setUp() {
  const app = `app-${randomUUID().slice(0, 8)}`;
  const source = only<AppSource>('source', {
    read: async ({ environment, version }) => ({
      ok: true,
      spec: aStack([aService('web', {}, version ?? '0')], { app, environment, stack: `${app}-${environment}` }),
      contents: { secrets: new Map(), configs: new Map() },
      warnings: [],
      sourceCommit: null,
      version,
    }),
  });
  const resolve: ImageResolver['resolve'] = async (reference) => ({ reference, pinned: reference, source: 'given' });
  const partsOn = (database: Parts['database']) =>
    someParts({
      database,
      source,
      clock: systemClock,
      orchestrator: new FakeOrchestrator(),
      images: only<ImageResolver>('images', { resolve }),
      sealer: new AesSealer(parseKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`)),
      queue: only<DeploymentQueue>('queue', { wake: async () => undefined }),
      workspace: () => aWorkspace({ apps: { [app]: anApp(app) } }),
    });
  const useCases = createUseCases(partsOn(test.database));
  const others = createUseCases(partsOn(test.another()));
  const deploy = async (version: string, more: Partial<DeploymentRequest> = {}, at = useCases): Promise<Deployment> => {
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    const asked = await at.requestDeployment({ person: dana, app, environment: 'staging', version, reason: null, origin, ...more });
    if (isRefusal(asked)) throw new Error(asked.message);
    return asked.deployment;
  };
  const { deployments, audit } = test.database.stores;
  const waiting = async (environment = 'staging') =>
    (await deployments.queueOf(`${app}-${environment}`)).filter(({ state }) => state === 'queued').map(({ id }) => id);
  const supersessions = async () =>
    (await audit.list({ subject: `${app}/staging`, limit: 100 })).filter(({ action }) => action === 'deployment.supersede');
  return { app, useCases, others, deploy, deployments, waiting, supersessions };
}

describe('latest wins', () => {
  it('cancels what waits for the same environment, and leaves what runs and what waits elsewhere', async () => {
    const { deploy, deployments, waiting } = setUp();
    const running = await deploy('1.0.0');
    await deployments.transition(running.id, 'queued', 'running', { startedAt: 1 }, null);
    await deploy('1.1.0');
    await deploy('1.2.0', { person: adam });
    const elsewhere = await deploy('1.2.0', { environment: 'production', person: adam });

    const latest = await deploy('1.3.0', { latestWins: true });
    expect(await waiting()).toEqual([latest.id]);
    expect(await waiting('production')).toEqual([elsewhere.id]);
    expect(await deployments.find(running.id)).toMatchObject({ state: 'running', cancelRequestedBy: null });
  });

  it('says on the card of each which one took its place and who asked, and in the audit trail', async () => {
    const { deploy, useCases, supersessions } = setUp();
    const first = await deploy('1.0.0', { person: adam });
    const latest = await deploy('1.1.0', { latestWins: true });

    const details = await useCases.readDeployment(first.id);
    expect(details?.deployment).toMatchObject({ state: 'cancelled', supersededBy: { deployment: latest.id, by: dana } });
    expect(details?.deployment.finishedAt).not.toBeNull();
    const card = details === null ? null : deploymentCard(details);
    expect(JSON.stringify(card)).toContain(`Superseded by ${latest.id.slice(0, 8)} (Dana). It had not started, so it changed nothing.`);
    expect(await supersessions()).toMatchObject([
      { actor: 'dana', source: 'web:ops', result: 'done', details: { deployment: first.id, version: '1.0.0', supersededBy: latest.id } },
    ]);
  });

  it('happens only when asked', async () => {
    const { deploy, waiting } = setUp();
    const ids = [(await deploy('1.0.0')).id, (await deploy('1.1.0')).id];
    expect(await waiting()).toEqual(ids);
  });

  it('leaves exactly one when two people ask at once, and nobody is dropped without a word', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { deploy, useCases, others, deployments, waiting, supersessions } = setUp();
      const before = await deploy('1.0.0');
      const asked = await Promise.all([
        deploy('1.1.0', { latestWins: true }, useCases),
        deploy('1.2.0', { latestWins: true, person: adam }, others),
      ]);
      const [winner, ...more] = await waiting();
      expect(more).toEqual([]);
      expect(asked.map(({ id }) => id)).toContain(winner);
      const loser = asked.find(({ id }) => id !== winner);
      expect(await deployments.find(loser?.id ?? '')).toMatchObject({ state: 'cancelled', supersededBy: { deployment: winner } });
      expect(await deployments.find(before.id)).toMatchObject({ state: 'cancelled' });
      expect(await supersessions()).toHaveLength(2);
    }
  });

  it('supersedes once however often the same request is delivered', async () => {
    const { deploy, waiting, supersessions } = setUp();
    await deploy('1.0.0');
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    const first = await deploy('1.1.0', { latestWins: true, origin });
    const after = await deploy('1.2.0');
    expect((await deploy('1.1.0', { latestWins: true, origin })).id).toBe(first.id);
    expect(await waiting()).toEqual([first.id, after.id]);
    expect(await supersessions()).toHaveLength(1);
  });

  it('is not for those who may not deploy there', async () => {
    const { app, deploy, useCases, waiting } = setUp();
    const kept = await deploy('1.0.0', { environment: 'production', person: adam });
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    const request = { person: dana, app, environment: 'production', version: '1.1.0', reason: null, origin, latestWins: true };
    expect(await useCases.requestDeployment(request)).toMatchObject({ refused: 'not_allowed' });
    expect(await waiting('production')).toEqual([kept.id]);
  });
});
