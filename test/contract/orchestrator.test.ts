import { inject } from 'vitest';
import { connectDocker } from '../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../adapters/swarm/swarm-orchestrator.ts';
import { FakeOrchestrator } from '../support/fake-orchestrator.ts';
import { silentLogger } from '../support/swarm.ts';
import { buildTestImages, PROBE_COMMAND, TEST_IMAGES } from '../support/test-images.ts';
import { orchestratorContract } from './orchestrator.contract.ts';

const { good, next, crashing } = TEST_IMAGES;
const healthcheck = { disabled: false, test: PROBE_COMMAND, intervalMs: 300, timeoutMs: 2_000 } as const;

orchestratorContract('Docker Swarm', async () => {
  const docker = connectDocker(inject('dockerHost'));
  await buildTestImages(docker);
  const orchestrator = new SwarmOrchestrator({ docker, logger: silentLogger, encryptNetworks: false });
  return { orchestrator, images: { good, next, crashing }, healthcheck, stack: { app: 'contract', environment: 'swarm' } };
});

orchestratorContract('The engine in memory', async () => {
  const orchestrator = new FakeOrchestrator({
    behaviours: { [crashing]: { kind: 'crashes', afterMs: 5 } },
    runs: ({ name }) => {
      if (name === 'hangs') return 'hangs';
      if (name === 'fails') return { outcome: 'failed', exitCode: 3, output: [] };
      return { outcome: 'succeeded', exitCode: 0, output: ['hello'] };
    },
  });
  return { orchestrator, images: { good, next, crashing }, healthcheck, stack: { app: 'contract', environment: 'memory' } };
});
