import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { observeUntil, serviceOf, stackOf } from '../../contract/orchestrator-fixtures.ts';
import { freeGuard, silentLogger } from '../../support/swarm.ts';
import { buildTestImages, TEST_IMAGES } from '../../support/test-images.ts';

const docker = connectDocker(inject('dockerHost'));
const orchestrator = new SwarmOrchestrator({ docker, logger: silentLogger, encryptNetworks: false });
const under = {
  orchestrator,
  images: { good: TEST_IMAGES.good, next: TEST_IMAGES.next, crashing: TEST_IMAGES.crashing },
  healthcheck: { disabled: true },
  stack: { app: 'swarmtest', environment: 'job' },
} as const;
const stack = 'swarmtest-job';

beforeAll(async () => {
  await buildTestImages(docker);
  await orchestrator.removeStack(stack, { volumes: true });
});
afterAll(() => orchestrator.removeStack(stack, { volumes: true }));

describe('a job that completed', () => {
  it('is removed soon after several executions, however many of its tasks the engine keeps', async () => {
    const job = serviceOf(under, {
      command: ['node', '-e', ''],
      mode: { kind: 'replicated-job', replicas: 1 },
      restart: { condition: 'none' },
    });
    const { spec } = await orchestrator.adapt(stackOf(under, [job]));
    await orchestrator.ensureNetworks(spec, freeGuard(1));
    for (let execution = 1; execution <= 2; execution += 1) {
      for (const service of Object.values(spec.services)) await orchestrator.apply(spec, service, freeGuard(execution));
      await observeUntil(orchestrator, stack, (seen) => seen.tasks.some((task) => task.isCurrent && task.state === 'complete'));
    }
    const startedAt = performance.now();
    await orchestrator.removeService(stack, 'web', freeGuard(3));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await orchestrator.observe(stack)).services).toEqual([]);
  });
});
