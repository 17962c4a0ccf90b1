import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { EngineRejectedError, EngineUnavailableError } from '../../../src/ports/faults.ts';
import { silentLogger } from '../../support/swarm.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An engine that answers as told. */
async function orchestratorAt(answer: RequestListener): Promise<SwarmOrchestrator> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = Object.assign({ port: 0, family: '', address: '' }, server.address());
  return new SwarmOrchestrator({
    docker: connectDocker(`tcp://127.0.0.1:${port}`),
    logger: silentLogger,
    encryptNetworks: false,
    timeoutMs: 200,
  });
}

const version = JSON.stringify({ Version: '20.10.24', ApiVersion: '1.41' });

describe('an engine in trouble', () => {
  it('is unavailable when it does not answer', async () => {
    const orchestrator = await orchestratorAt(() => {});
    await expect(orchestrator.observe('shop-staging')).rejects.toThrow(EngineUnavailableError);
  });

  it('is unavailable when it hangs in the middle of an answer', async () => {
    const orchestrator = await orchestratorAt((request, response) => {
      if (request.url?.startsWith('/version')) response.end(version);
      else response.write('[');
    });
    await expect(orchestrator.observe('shop-staging')).rejects.toThrow(EngineUnavailableError);
  });

  it('is unavailable when nothing listens, with the way out', async () => {
    const orchestrator = new SwarmOrchestrator({
      docker: connectDocker('unix:///nonexistent.sock'),
      logger: silentLogger,
      encryptNetworks: false,
    });
    await expect(orchestrator.capabilities()).rejects.toThrow(/DOCKER_HOST/);
  });

  it('says that it is no manager, and what to do', async () => {
    const orchestrator = await orchestratorAt((request, response) => {
      if (request.url?.startsWith('/version')) return response.end(version);
      response.writeHead(503, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ message: 'This node is not a swarm manager.' }));
    });
    await expect(orchestrator.observe('shop-staging')).rejects.toThrow(/swarm init/);
  });

  it('has refused a request that it calls wrong', async () => {
    const orchestrator = await orchestratorAt((request, response) => {
      if (request.url?.startsWith('/version')) return response.end(version);
      response.writeHead(400, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ message: 'invalid filter' }));
    });
    await expect(orchestrator.observe('shop-staging')).rejects.toThrow(EngineRejectedError);
  });
});
