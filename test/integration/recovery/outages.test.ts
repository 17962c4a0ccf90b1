import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { type RestartablePostgres, startRestartablePostgres } from '../../support/postgres-server.ts';
import { endAtOnce } from '../../support/recovery/end-at-once.ts';
import { Lab, type LabOptions } from '../../support/recovery/lab.ts';
import { OwnEngine } from '../../support/recovery/own-engine.ts';
import { VERSIONS } from '../../support/recovery/tiny-app.ts';
import { currentRelease, expectBack, expectForward } from '../../support/recovery/truth.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { buildTestImages } from '../../support/test-images.ts';

/**
 * An engine (20.10) that comes back restarts a lost task, and an update that is written meanwhile replaces it too: with
 * start-first both stay in the same slot, which it counts as one.
 */
const AFTER_ENGINE_RESTART = { countSlots: true };

/**
 * One lab for all tests of a describe, in which the first version runs: to make it takes as long as most of the tests. A worker of its own has each.
 * To be called behind the hooks that stop what the lab stands on.
 */
function oneLab(options: () => LabOptions): () => Promise<Lab> {
  let lab: Lab | null = null;
  const close = async () => {
    await lab?.close();
    lab = null;
  };
  afterEach(async ({ task }) => {
    await lab?.killWorkers();
    // What a failure left in it is no concern of the next test.
    if (task.result?.state === 'fail') await close();
  });
  afterAll(close);
  return async () => {
    if (lab !== null) return lab;
    lab = await Lab.open(options());
    await lab.startWorker();
    await lab.deployed(VERSIONS.first);
    await lab.killWorkers();
    return lab;
  };
}

/** The worker waits at `order` in the middle of a deployment of what does not run yet, or of the broken version. */
async function inTheMiddle(lab: Lab, order: string, release: 'good' | 'broken' = 'good') {
  // What asks for deployments here has heard, too, that the engine is back.
  await vi.waitFor(() => expect(lab.parts.breakers.open().map(({ part }) => part)).not.toContain('engine'), { timeout: 10_000 });
  const worker = await lab.startWorker();
  const before = await currentRelease(lab);
  const next = before.revision?.version === VERSIONS.first ? VERSIONS.second : VERSIONS.first;
  await worker.arm(`${order}=pause`);
  const { id } = await lab.deploy(release === 'good' ? next : VERSIONS.broken);
  await worker.met(order.replace(/:.*/, ''));
  return { lab, worker, before, id };
}

describe('a restart of Postgres in the middle of a rollout', { timeout: 120_000 }, () => {
  let server: RestartablePostgres;
  beforeAll(async () => {
    await buildTestImages(connectDocker(inject('dockerHost')));
    server = await startRestartablePostgres();
  });
  afterAll(() => server.stop());
  const ready = oneLab(() => ({ databaseUrl: server.url }));

  it.each([
    ['in order', 'after-apply', () => server.down()],
    ['at once, without a checkpoint', 'before-apply:3', () => endAtOnce(server.url)],
  ] as const)('%s delays it, and the new release succeeds', async (_how, order, end) => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), order);
    await end();
    worker.resume();
    await worker.logged('could not renew the lease');
    await server.up();
    await expectForward(lab, await lab.ended(id), before);
  });

  it('while a bad release goes back delays that, and the old release is back', async () => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), 'before-restore', 'broken');
    await endAtOnce(server.url);
    worker.resume();
    await worker.logged('could not renew the lease');
    await server.up();
    await expectBack(lab, await lab.ended(id), before, 'rolled_back');
  });
});

describe('a restart of Redis', { timeout: 120_000 }, () => {
  let redis: TestRedis;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shipmate-redis-'));
    redis = await startRedis(folder);
  });
  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const ready = oneLab(() => ({ redisUrl: redis.url }));

  it('in the middle of a rollout does not touch it, and what was asked for meanwhile follows', async () => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), 'after-apply');
    await redis.down();
    worker.resume();
    const next = await lab.deploy(VERSIONS.first);
    await expectForwardThen(lab, id, next.id, before.count, () => redis.up());
  });

  async function expectForwardThen(lab: Lab, id: string, nextId: string, revisions: number, comeBack: () => Promise<void>): Promise<void> {
    expect((await lab.ended(id)).state).toBe('succeeded');
    await comeBack();
    const before = await currentRelease(lab);
    expect(before.count).toBe(revisions + 1);
    await expectForward(lab, await lab.ended(nextId), before);
  }
});

describe('a restart of the engine in the middle of a rollout', { timeout: 180_000 }, () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await OwnEngine.start();
    await buildTestImages(connectDocker(engine.dockerHost));
  });
  afterAll(() => engine.stop());
  const ready = oneLab(() => ({ dockerHost: engine.dockerHost }));

  it.each([
    ['restarted after the first write', 'after-apply', 'good', () => engine.restart()],
    ['restarted before the last wave', 'before-apply:3', 'good', () => engine.restart()],
    ['killed after the last write', 'after-apply:3', 'good', () => engine.killAndStart()],
    ['killed between writes of the way back', 'before-restore:2', 'broken', () => engine.killAndStart()],
  ] as const)('%s ends truthfully', async (_how, order, release, end) => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), order, release);
    const restarted = end();
    worker.resume();
    await restarted;
    const ended = await lab.ended(id);
    if (release === 'good') await expectForward(lab, ended, before, AFTER_ENGINE_RESTART);
    else await expectBack(lab, ended, before, 'rolled_back', AFTER_ENGINE_RESTART);
  });

  it.each([
    ['looks at what is there', 'started', 'prepare', 6],
    ['makes networks and configs', 'previous-recorded', 'stage', 6],
    // From its second attempt on it waits inside, until what was lost is back.
    ['verifies what it rolled out', 'rolled-out', 'verify', 2],
  ] as const)('that takes some seconds is waited for by the stage that %s', async (_what, order, stage, attempts) => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), order);
    await engine.down();
    worker.resume();
    await lab.until(id, `${stage} is tried again and again`, async () => {
      const reports = await lab.parts.database.stores.deployments.stagesOf(id);
      return reports.filter((report) => report.stage === stage).length >= attempts;
    });
    await engine.up();
    await expectForward(lab, await lab.ended(id), before, AFTER_ENGINE_RESTART);
  });

  it('that takes long is left alone by the worker that asked and by one that starts meanwhile, and the release goes on', async () => {
    const { lab, worker, before, id } = await inTheMiddle(await ready(), 'previous-recorded');
    const { breakers, leases } = lab.parts.database.stores;
    await engine.down();
    worker.resume();
    await lab.until(id, 'the engine is left alone', async () => (await breakers.list()).some(({ part }) => part === 'engine'));
    await worker.kill();
    const next = await lab.startWorker();
    await lab.until(
      id,
      'the lease of the worker that died is over',
      async ({ stack }) => (await leases.holderOf(stack))?.isExpired ?? true,
    );
    const attempt = async () => (await breakers.list()).find(({ part }) => part === 'engine')?.attempt ?? 0;
    const tries = await attempt();
    await lab.until(id, 'the worker that started tried twice', async () => (await attempt()) > tries + 1);
    await expect(lab.deploy(VERSIONS.first)).rejects.toThrow('unavailable: The engine has not answered for');
    expect(next.log.join('\n')).not.toContain('taking over');
    expect((await leases.holderOf(lab.stackOf()))?.isExpired).toBe(true);
    await engine.up();
    await next.logged('taking over a deployment in flight');
    await expectForward(lab, await lab.ended(id), before, AFTER_ENGINE_RESTART);
    expect((await breakers.list()).map(({ part }) => part)).not.toContain('engine');
  });
});
