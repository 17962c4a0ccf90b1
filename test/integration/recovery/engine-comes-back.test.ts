import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { EngineUnavailableError } from '../../../src/ports/faults.ts';
import { aService, aStack } from '../../support/builders.ts';
import { freeGuard, silentLogger } from '../../support/swarm.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A daemon that answers, while its swarm is not there yet or not there any more. */
async function withoutSwarm(answers: Readonly<Record<string, unknown>>): Promise<SwarmOrchestrator> {
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    if (path in answers) return response.end(JSON.stringify(answers[path]));
    response.writeHead(503, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ message: 'This node is not a swarm manager.' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = Object.assign({ port: 0, family: '', address: '' }, server.address());
  return new SwarmOrchestrator({ docker: connectDocker(`tcp://127.0.0.1:${port}`), logger: silentLogger, encryptNetworks: false });
}

const VERSION = { Version: '20.10.24', ApiVersion: '1.41' };
const NODE_ONLY = [{ Id: 'b1', Name: 'bridge', Scope: 'local' }];

describe('an engine that lists the networks of its own node only', () => {
  it('is away for a service that joins a network of the swarm, which is not a wrong request', async () => {
    const orchestrator = await withoutSwarm({ '/version': VERSION, '/networks': NODE_ONLY });
    const web = aService('web', { networks: [{ network: 'default', aliases: [] }] });
    const network = { engineName: 'shop-staging_default', external: false, driver: 'overlay', driverOptions: {}, labels: {} };
    const stack = aStack([web], { networks: { default: { ...network, attachable: false, internal: false } } });
    await expect(orchestrator.apply(stack, web, freeGuard(1))).rejects.toThrow(EngineUnavailableError);
  });

  it('is away for whoever looks, instead of showing services on other networks', async () => {
    const service = {
      ID: 's1',
      Version: { Index: 1 },
      UpdatedAt: '2026-01-01T00:00:00Z',
      Spec: {
        Name: 'shop-staging_web',
        Labels: { 'com.docker.stack.namespace': 'shop-staging' },
        TaskTemplate: { ContainerSpec: { Image: 'web:1' }, Networks: [{ Target: 'n1' }] },
        Mode: { Replicated: { Replicas: 1 } },
      },
    };
    const orchestrator = await withoutSwarm({ '/version': VERSION, '/networks': NODE_ONLY, '/services': [service], '/tasks': [] });
    await expect(orchestrator.observe('shop-staging', { objects: false })).rejects.toThrow(EngineUnavailableError);
  });
});
