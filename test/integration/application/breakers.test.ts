import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { parseKeys } from '../../../adapters/crypto/keys.ts';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import { engineBreaker, guardOrchestrator } from '../../../src/application/engine-breaker.ts';
import { runDeployment } from '../../../src/application/run-deployment.ts';
import { SharedBreakers } from '../../../src/application/shared-breakers.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import { EngineRestingError, EngineUnavailableError } from '../../../src/ports/faults.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { deploymentThread } from '../../../src/views/deployment-thread.ts';
import { anApp, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { FakeClock, only, SILENT_LOGGER, someParts } from '../../support/builders-parts.ts';
import { FakeOrchestrator } from '../../support/fake-orchestrator.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const FAILURES = 5;

let test: TestDatabase;
let open: SharedBreakers[] = [];
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.map((breakers) => breakers.close()));
  open = [];
  await test.drop();
});

/** An engine that counts what reached it, from whichever process. */
class CountingEngine extends FakeOrchestrator {
  asked = 0;

  override observe(stack: string) {
    this.asked += 1;
    return super.observe(stack);
  }

  override stacks() {
    this.asked += 1;
    return super.stacks();
  }
}

/** What a process has after its start. */
async function aProcess(
  engine: Orchestrator,
  database: PostgresDatabase = test.another(),
  clock = new FakeClock(Date.now()),
  logger = SILENT_LOGGER,
) {
  const breakers = await SharedBreakers.open({ database, clock, logger });
  open.push(breakers);
  const breaker = engineBreaker(breakers, engine);
  return { breakers, breaker, clock, orchestrator: guardOrchestrator(engine, breaker) };
}

async function failsAgainAndAgain(orchestrator: Orchestrator): Promise<void> {
  for (let call = 0; call < FAILURES; call += 1) {
    await expect(orchestrator.observe('s')).rejects.toBeInstanceOf(EngineUnavailableError);
  }
}

describe('an engine that is gone', () => {
  it('is not asked any more after some failures, by this process, by another and by one that starts later', async () => {
    const engine = new CountingEngine();
    const first = await aProcess(engine);
    const second = await aProcess(engine);
    engine.isReachable = false;
    await failsAgainAndAgain(first.orchestrator);
    expect(first.breakers.open()).toMatchObject([{ part: 'engine', attempt: 1, because: 'The engine cannot be reached.' }]);

    await vi.waitFor(() => expect(second.breakers.open()).toHaveLength(1));
    const later = await aProcess(engine);
    expect(later.breakers.open()).toMatchObject([{ part: 'engine', attempt: 1 }]);
    const before = engine.asked;
    for (const { orchestrator } of [first, second, later]) {
      await expect(orchestrator.observe('s')).rejects.toBeInstanceOf(EngineRestingError);
      await expect(orchestrator.logs('s', { service: null, tail: 1, sinceMs: null })).rejects.toBeInstanceOf(EngineRestingError);
    }
    expect(engine.asked).toBe(before);
  });

  it('is tried by one of all processes when its time has come, and left alone for longer when it is still gone', async () => {
    const engine = new CountingEngine();
    const processes = await Promise.all([aProcess(engine), aProcess(engine), aProcess(engine)]);
    engine.isReachable = false;
    await failsAgainAndAgain(processes[0].orchestrator);
    await vi.waitFor(() => expect(processes.every(({ breakers }) => breakers.open().length === 1)).toBe(true));
    await untilDue();
    const before = engine.asked;
    await Promise.all(
      processes.map(async ({ orchestrator, clock }) => {
        await clock.advance(1_100);
        await Promise.all([1, 2, 3].map(() => expect(orchestrator.observe('s')).rejects.toBeInstanceOf(EngineRestingError)));
      }),
    );
    expect(engine.asked).toBe(before + 1);
    const [stored] = await test.database.stores.breakers.list();
    expect(stored?.attempt).toBe(2);
  });

  it('is asked again by all as soon as one try succeeded', async () => {
    const engine = new CountingEngine();
    const first = await aProcess(engine);
    const second = await aProcess(engine);
    engine.isReachable = false;
    await failsAgainAndAgain(first.orchestrator);
    await vi.waitFor(() => expect(second.breakers.open()).toHaveLength(1));
    engine.isReachable = true;
    await untilDue();
    await second.clock.advance(1_100);
    await expect(second.orchestrator.observe('s')).resolves.toMatchObject({ services: [] });
    expect(await test.database.stores.breakers.list()).toEqual([]);
    await vi.waitFor(() => expect(first.breakers.open()).toEqual([]));
    await expect(first.orchestrator.observe('s')).resolves.toMatchObject({ services: [] });
  });

  it('costs the normal case no query, a failure now and then included', async () => {
    const engine = new CountingEngine();
    const warn = vi.fn();
    const { orchestrator } = await aProcess(engine, test.another(), undefined, { ...SILENT_LOGGER, warn });
    await test.drop();
    for (let call = 0; call < 100; call += 1) {
      engine.isReachable = call % FAILURES !== 0;
      await orchestrator.observe('s').catch(() => undefined);
    }
    expect(engine.asked).toBe(100);
    expect(warn).not.toHaveBeenCalled();
    test = await createTestDatabase();
  });

  /** By the database's clock, which no test can move. */
  async function untilDue(): Promise<void> {
    await vi.waitFor(async () => expect((await test.database.stores.breakers.list())[0]?.tryInMs).toBeLessThanOrEqual(0), 3_000);
  }
});

describe('a deployment that meets an engine which is gone', { timeout: 60_000 }, () => {
  it('waits, says so on its card and in its thread, and goes on by itself', async () => {
    const { engine, parts, deploy } = await aShop();
    const running = await deploy('shop');
    const waiting = await deploy('blog');
    engine.isReachable = false;
    const over = runDeployment(parts, running.id, new AbortController().signal);
    const stores = test.database.stores;
    await vi.waitFor(() => expect(parts.breakers.open()).toHaveLength(1), 20_000);

    // A worker that starts now leaves the other one queued, without a lease and without asking the engine.
    const other = await aProcess(engine, test.another(), undefined);
    const otherParts = { ...parts, breakers: { engine: other.breaker, open: () => other.breakers.open() }, holder: 'worker-2' };
    await runDeployment(otherParts, waiting.id, new AbortController().signal);
    expect((await stores.deployments.find(waiting.id))?.state).toBe('queued');
    expect(await stores.leases.holderOf(waiting.stack)).toBeNull();

    const useCases = createUseCases(parts);
    for (const { id } of [running, waiting]) {
      const facts = await useCases.readDeployment(id);
      if (facts === null) throw new Error('no facts');
      const said = JSON.stringify([deploymentCard(facts), deploymentThread(facts)]);
      expect(said.match(/Waits for the engine, which has not answered since/g)).toHaveLength(2);
      expect(said).toContain('Next try');
    }
    const plan = await useCases.planDeployment({ person: { id: 'adam', name: 'Adam' }, app: 'shop', environment: 'staging', version: '2' });
    expect(plan).toMatchObject({ refused: 'unavailable', message: expect.stringMatching(/^The engine has not answered for \d+ s; /) });
    const engineRow = (await useCases.diagnose()).find(({ name }) => name === 'engine');
    expect(engineRow).toMatchObject({ state: 'broken', found: expect.stringMatching(/has not answered for \d+ s; it is tried again/) });

    engine.isReachable = true;
    await over;
    expect((await stores.deployments.find(running.id))?.state).toBe('succeeded');
    expect(parts.breakers.open()).toEqual([]);
    const facts = await useCases.readDeployment(running.id);
    expect(facts?.outage).toBeNull();
    engine.dispose();
  });

  async function aShop() {
    const engine = new CountingEngine();
    const { breakers, breaker, orchestrator } = await aProcess(engine, test.another(), Object.assign(new FakeClock(), systemClock));
    const source = only<AppSource>('source', {
      read: async ({ app, environment, version }) => ({
        ok: true,
        spec: aStack([aService('web', {}, version ?? '0')], { app, environment, stack: `${app}-${environment}` }),
        contents: { secrets: new Map(), configs: new Map() },
        warnings: [],
        sourceCommit: null,
        version,
      }),
    });
    const resolve: ImageResolver['resolve'] = async (reference) => ({ reference, pinned: reference, source: 'given' });
    const parts = someParts({
      database: test.database,
      source,
      clock: systemClock,
      orchestrator,
      breakers: { engine: breaker, open: () => breakers.open() },
      images: only<ImageResolver>('images', { resolve }),
      sealer: new AesSealer(parseKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`)),
      queue: only<DeploymentQueue>('queue', { wake: async () => undefined, counts: async () => ({ waiting: 0, active: 0, failed: 0 }) }),
      workspace: () => aWorkspace({ apps: { shop: anApp('shop'), blog: anApp('blog') } }),
    });
    const deploy = async (app: string): Promise<Deployment> => {
      const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
      const person = { id: 'adam', name: 'Adam' };
      const asked = await createUseCases(parts).requestDeployment({
        person,
        app,
        environment: 'staging',
        version: '1',
        reason: null,
        origin,
      });
      if (isRefusal(asked)) throw new Error(asked.message);
      return asked.deployment;
    };
    return { engine, parts, deploy };
  }
});
