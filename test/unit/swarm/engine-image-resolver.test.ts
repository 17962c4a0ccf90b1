import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { EngineImageResolver } from '../../../adapters/swarm/engine-image-resolver.ts';
import { prepareRelease } from '../../../src/application/prepare-release.ts';
import { SharedBreakers } from '../../../src/application/shared-breakers.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { BreakerStore } from '../../../src/ports/breaker-store.ts';
import type { Database, DeploymentStore, Stores } from '../../../src/ports/database.ts';
import { ImageNotFoundError, RegistryUnavailableError } from '../../../src/ports/faults.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import { aService, aStack } from '../../support/builders.ts';
import { FakeClock, only, SILENT_LOGGER, someParts } from '../../support/builders-parts.ts';

const REFERENCE = 'registry.example/shop/web:1.0.0';
const DIGEST = `sha256:${'a'.repeat(64)}`;

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** Breakers over a store in memory; nothing else of the database is used. */
async function someBreakers(clock: FakeClock) {
  const open = new Map<string, number>();
  const breakers = only<BreakerStore>('breakers', {
    open: async (part, { restMs }) => void open.set(part, clock.now() + restMs),
    close: async (part) => open.delete(part),
    claimTry: async (part) => (open.get(part) ?? Number.POSITIVE_INFINITY) <= clock.now(),
    list: async () => [],
  });
  const deployments = only<DeploymentStore>('deployments', { list: async () => [] });
  const stores = only<Stores>('stores', { breakers, deployments });
  const database = only<Database>('database', {
    stores,
    transact: (work) => work(stores),
    notify: async () => undefined,
    listen: async () => ({ stop: async () => undefined }),
  });
  return { breakers: await SharedBreakers.open({ database, clock, logger: SILENT_LOGGER }), open };
}

/** An engine that asks the registry for us; `asked` counts how often. */
async function aResolver(registry: { status: number }, local: object | null = null) {
  const clock = new FakeClock();
  const state = { asked: 0 };
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (path.startsWith('/version')) return answer(200, { Version: '20.10.24', ApiVersion: '1.41' });
    if (path.startsWith('/images/')) return local === null ? answer(404, { message: 'No such image' }) : answer(200, local);
    state.asked += 1;
    return registry.status === 200
      ? answer(200, { Descriptor: { digest: DIGEST } })
      : answer(registry.status, { message: 'no route to it' });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = Object.assign({ port: 0, family: '', address: '' }, server.address());
  const { breakers, open } = await someBreakers(clock);
  const resolver = new EngineImageResolver({ docker: connectDocker(`tcp://127.0.0.1:${port}`), logger: SILENT_LOGGER, breakers });
  return { resolver, clock, state, open, breakers };
}

describe('an image of a registry', () => {
  it('that answers is pinned to its digest', async () => {
    const { resolver, open } = await aResolver({ status: 200 });
    expect(await resolver.resolve(REFERENCE)).toMatchObject({ pinned: `${REFERENCE}@${DIGEST}`, source: 'registry' });
    expect(open.size).toBe(0);
  });

  it('that does not answer is the engine’s own, and the registry is left alone for a while', async () => {
    const registry = { status: 500 };
    const { resolver, clock, state, open, breakers } = await aResolver(registry, { Id: DIGEST });
    for (let time = 0; time < 3; time += 1) expect(await resolver.resolve(REFERENCE)).toMatchObject({ pinned: DIGEST, source: 'local' });
    expect(state.asked).toBe(1);
    expect([...open.keys()]).toEqual(['registry registry.example']);
    expect(breakers.open()).toMatchObject([{ part: 'registry registry.example', because: 'no route to it' }]);

    registry.status = 200;
    await clock.advance(30_000);
    expect(await resolver.resolve(REFERENCE)).toMatchObject({ source: 'registry' });
    expect(open.size).toBe(0);
    expect(state.asked).toBe(2);
  });

  it('that says no is asked again each time: it answers', async () => {
    const { resolver, state, open } = await aResolver({ status: 404 });
    for (let time = 0; time < 2; time += 1) await expect(resolver.resolve(REFERENCE)).rejects.toBeInstanceOf(ImageNotFoundError);
    expect(state.asked).toBe(2);
    expect(open.size).toBe(0);
  });

  it('that does not answer, and that the engine lacks, is refused as that and not as an image that is not there', async () => {
    const { resolver } = await aResolver({ status: 500 });
    await expect(resolver.resolve(REFERENCE)).rejects.toBeInstanceOf(RegistryUnavailableError);
    const parts = someParts({
      images: resolver,
      orchestrator: only<Orchestrator>('orchestrator', { adapt: async (spec) => ({ spec, notes: [] }) }),
      source: only<AppSource>('source', {
        read: async ({ version }) => ({
          ok: true,
          spec: aStack([aService('web', { image: REFERENCE }), aService('worker', { image: REFERENCE.replace('web', 'worker') })]),
          contents: { secrets: new Map(), configs: new Map() },
          warnings: [],
          sourceCommit: null,
          version,
        }),
      }),
    });
    for (let time = 0; time < 2; time += 1) {
      const refused = await prepareRelease(parts, { app: 'shop', environment: 'staging', version: '1.0.0' });
      expect(refused).toMatchObject({
        refused: 'registry_unavailable',
        message: expect.stringContaining(`${REFERENCE}, ${REFERENCE.replace('web', 'worker')}`),
        hint: 'Build it on the engine, or push it to its registry. If it is in the registry already, ask again in half a minute.',
        details: ['registry.example does not answer (no route to it).'],
      });
    }
  });
});
