import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { Lab } from '../../support/recovery/lab.ts';
import { loseQueue } from '../../support/recovery/lose-queue.ts';
import { ONE_SERVICE, VERSIONS } from '../../support/recovery/tiny-app.ts';
import { currentRelease, endRecords, expectForward } from '../../support/recovery/truth.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { buildTestImages } from '../../support/test-images.ts';

let redis: TestRedis;
let folder: string;
let lab: Lab;
beforeAll(async () => {
  await buildTestImages(connectDocker(inject('dockerHost')));
  folder = await mkdtemp(join(tmpdir(), 'shipmate-redis-'));
  redis = await startRedis(folder);
});
afterEach(() => lab.close());
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

const STACKS = 6;

describe.each(['redis', 'postgres'] as const)('with the queue on %s', { timeout: 150_000 }, (technology) => {
  const queue = () => (technology === 'redis' ? { redisUrl: redis.url } : {});

  it('two workers share many stacks though the queue is lost twice: each deployment runs once, in order, one a stack', async () => {
    // Nobody dies here, so a lease must not run out for a machine that is busy.
    lab = await Lab.open({ ...queue(), apps: STACKS, compose: ONE_SERVICE, leaseTtlMs: 8_000 });
    const asked: { app: string; first: Deployment; second: Deployment }[] = [];
    for (const app of lab.apps) {
      asked.push({ app, first: await lab.deploy(VERSIONS.first, app), second: await lab.deploy(VERSIONS.second, app) });
    }
    expect(await lab.parts.queue.counts()).toMatchObject({ waiting: 2 * STACKS });
    await loseQueue(lab.address);
    expect(await lab.parts.queue.counts()).toMatchObject({ waiting: 0 });

    const workers = await Promise.all([lab.startWorker(null, 3), lab.startWorker(null, 3)]);
    await vi.waitFor(async () => expect((await lab.parts.queue.counts()).active).toBeGreaterThan(0), { timeout: 15_000, interval: 50 });
    await loseQueue(lab.address);

    const sources = new Set<string>();
    for (const { app, first, second } of asked) {
      const earlier = await lab.ended(first.id);
      const later = await lab.ended(second.id);
      expect([earlier.state, later.state], app).toEqual(['succeeded', 'succeeded']);
      expect(later.startedAt).toBeGreaterThanOrEqual(earlier.finishedAt ?? Number.POSITIVE_INFINITY);
      for (const deployment of [earlier, later]) {
        const stages = await lab.parts.database.stores.deployments.stagesOf(deployment.id);
        expect(stages.map((stage) => stage.attempt)).toEqual(stages.map(() => 1));
        const ends = await endRecords(lab, deployment);
        expect(ends).toHaveLength(1);
        sources.add(ends[0]?.source ?? '');
      }
      const { count, revision } = await currentRelease(lab, app);
      expect({ count, version: revision?.version }).toEqual({ count: 2, version: VERSIONS.second });
    }
    expect([...sources].sort()).toEqual(workers.map((worker) => `worker:${worker.holder}`).sort());
  });

  it('a worker that is killed in the middle of a first deployment is replaced, and its job leaves the queue', async () => {
    lab = await Lab.open(queue());
    const before = await currentRelease(lab);
    const doomed = await lab.startWorker('after-apply:2=kill');
    const { id } = await lab.deploy(VERSIONS.first);
    await doomed.diedAt('after-apply');
    await lab.startWorker();
    await expectForward(lab, await lab.ended(id), before);
    await vi.waitFor(async () => expect(await lab.parts.queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 }), {
      timeout: 20_000,
      interval: 100,
    });
  });

  it('a worker that is killed while a bad first deployment is taken away is replaced, and nothing of it stays', async () => {
    lab = await Lab.open(queue());
    const doomed = await lab.startWorker('after-restore=kill');
    const { id } = await lab.deploy(VERSIONS.broken);
    await doomed.diedAt('after-restore');
    await lab.startWorker();
    expect(await lab.ended(id)).toMatchObject({ state: 'failed', failure: { code: 'task_failed', service: 'web' } });
    // The engine lists a removed network until its node has let go of it.
    await vi.waitFor(
      async () => {
        const left = await lab.parts.orchestrator.observe(lab.stackOf());
        expect(left).toMatchObject({ services: [], secrets: [], configs: [], networks: [] });
      },
      { timeout: 10_000, interval: 200 },
    );
  });
});
