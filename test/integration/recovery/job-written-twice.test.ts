import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, expect, inject, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { observeUntil } from '../../contract/orchestrator-fixtures.ts';
import { aJob, aStack } from '../../support/builders.ts';
import { freeGuard, silentLogger } from '../../support/swarm.ts';
import { buildTestImages, TEST_IMAGES } from '../../support/test-images.ts';

const docker = connectDocker(inject('dockerHost'));
const orchestrator = new SwarmOrchestrator({ docker, logger: silentLogger, encryptNetworks: false });
const name = `rec-${randomBytes(4).toString('hex')}`;

beforeAll(() => buildTestImages(docker));
afterEach(() => orchestrator.removeStack(name, { volumes: true }));

it('a job that is written again because the engine’s answer was lost runs once', async () => {
  const { id } = await docker
    .getImage(TEST_IMAGES.good)
    .inspect()
    .then((image) => ({ id: image.Id }));
  const asked = aJob('migrate', { image: TEST_IMAGES.good, pinnedImage: id, command: ['node', '-e', ''], restart: { condition: 'none' } });
  const { spec: stack } = await orchestrator.adapt(aStack([asked], { app: name, stack: name }));
  const job = stack.services['migrate'] ?? asked;
  const runs = async () =>
    (await observeUntil(orchestrator, name, ({ tasks }) => tasks.length > 0 && tasks.every((task) => task.state === 'complete'))).tasks
      .length;

  await orchestrator.apply(stack, job, freeGuard(1));
  expect(await runs()).toBe(1);
  await orchestrator.apply(stack, job, freeGuard(1));
  expect(await runs()).toBe(1);
  await orchestrator.apply(stack, job, freeGuard(2));
  await observeUntil(orchestrator, name, ({ tasks }) => tasks.length === 2);
  expect(await runs()).toBe(2);
});
