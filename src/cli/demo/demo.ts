import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExampleImages, shopExample } from '../../../adapters/local-engine/example-images.ts';
import type { Settings } from '../../config/settings.ts';
import { bringEngine } from '../bring-engine.ts';
import { openParts } from '../open-parts.ts';
import { runServer } from '../run-server.ts';
import { runWorker } from '../run-worker.ts';
import { openWorkspace, readSettings, start, untilStopped } from '../start.ts';
import { StartRefused } from '../start-refused.ts';
import { playChapters, VISITORS } from './chapters.ts';
import { Tour, TourFailed } from './tour.ts';
import { TourScreen } from './tour-screen.ts';
import { removeVisitors } from './visitors.ts';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');
const STACK = 'shop-staging';

/**
 * `shipmate demo`: sets everything up, shows the main job in the terminal as it happens, and goes on serving the browser
 * chat, or ends with `exit`. Undoes on its way out whatever it started.
 */
export async function demo({ exit }: { exit: boolean }): Promise<void> {
  const screen = new TourScreen();
  const settings = demoSettings();
  mkdirSync(settings.dataFolder, { recursive: true });
  const logFile = join(settings.dataFolder, 'shipmate.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  const started = start({ settings, destination: log });
  const { closers } = started;
  const stopped = untilStopped();
  try {
    screen.chapter('Shipmate sets itself up');
    screen.note(`everything it keeps is below ${settings.dataFolder}; its log is ${logFile}`);
    const say = (text: string): void => screen.note(text);
    const engine = await bringEngine(settings, say);
    closers.add('engine', () => engine.stop({ removeData: exit }));
    const parts = await openParts({ ...started, workspace: openWorkspace(started), dockerHost: engine.dockerHost });
    const { version } = await parts.orchestrator.capabilities();
    screen.passed(`Docker Engine ${version} in swarm mode, ${engine.startedEngine ? 'started for this' : 'which was running already'}`);
    screen.passed('PostgreSQL and the queue on it');
    await claimStack(parts);
    closers.add('demo stack', () => takeDown(parts));
    const tags = await buildExampleImages(parts.docker, shopExample(join(ROOT, 'examples')), say);
    screen.passed(`${tags.length} images of the example app, built from this machine's own Node`);
    await runWorker(parts, closers, settings.concurrency);
    const { url, core, useCases, conversations } = await runServer(parts, settings, closers);
    screen.passed(`worker and server; the browser chat is at ${url}`);

    const person = conversations.person('ada');
    if (person === null) throw new TourFailed('the example workspace has lost its ada');
    const tour = new Tour({ core, useCases, screen, person });
    const playing = playChapters({ tour, screen, docker: parts.docker, orchestrator: parts.orchestrator, useCases });
    await Promise.race([playing, stopped.then(() => Promise.reject(new TourFailed('interrupted')))]);

    screen.chapter('That was it');
    screen.passed('every step did what it should');
    if (!exit) {
      screen.note(`Open ${url} and be anyone. Try: /deploy shop staging 1.0.0`);
      screen.note('Ctrl-C ends it and takes down what it started.');
      await stopped;
    }
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof TourFailed)) throw error;
    screen.failed(error.message);
    screen.note(`The log has more: ${logFile}`);
  } finally {
    screen.note('taking down what this started …');
    await closers.closeAll();
    log.end();
    if (exit && process.exitCode === undefined) rmSync(settings.dataFolder, { recursive: true, force: true });
  }
}

/** The example workspace, a data folder of its own, the port that was asked for or else the default. */
function demoSettings(): Settings {
  const settings = readSettings();
  return {
    ...settings,
    configFile: join(ROOT, 'examples/shop/shipmate.yml'),
    dataFolder: join(settings.dataFolder, 'demo'),
    logLevel: 'info',
  };
}

/** What an earlier run of this demo left of its stack is taken down; anybody else's is left alone, down to the last volume. */
async function claimStack(parts: Awaited<ReturnType<typeof openParts>>): Promise<void> {
  const { deployments } = parts.database.stores;
  const { services, networks, secrets, configs } = await parts.orchestrator.observe(STACK);
  const { Volumes: volumes } = await parts.docker.listVolumes({ filters: { label: [`com.docker.stack.namespace=${STACK}`] } });
  const objects = [
    ...[...networks, ...secrets, ...configs].map(({ engineName }) => engineName),
    ...(volumes ?? []).map(({ Name }) => Name),
  ];
  const playedBefore = (await deployments.list({ stack: STACK, limit: 1 })).length > 0;
  const foreign: string[] = playedBefore ? [] : objects;
  for (const { owner, service } of services) {
    if (owner === null || (await deployments.find(owner.deploymentId)) === null) foreign.push(service);
  }
  if (foreign.length > 0) {
    throw new StartRefused(`there is a stack ${STACK} already that this demo did not make (${foreign.join(', ')})`, [
      'Point DOCKER_HOST at another engine, or remove that stack and its volumes yourself.',
    ]);
  }
  await takeDown(parts);
  await endInterrupted(parts);
  await parts.database.transact((stores) => stores.releases.closeRevision(STACK, parts.clock.now()));
}

/** What an interrupted tour left open is over: its stack is gone. */
async function endInterrupted(parts: Awaited<ReturnType<typeof openParts>>): Promise<void> {
  const { deployments } = parts.database.stores;
  const failure = { code: 'internal', service: null, message: 'The tour was interrupted and its stack taken down.' } as const;
  const changes = { finishedAt: parts.clock.now(), failure };
  for (const { id, state } of await deployments.queueOf(STACK)) await deployments.transition(id, state, 'errored', changes, null);
}

/** The visitors stand on the stack's network, so they leave first. */
async function takeDown(parts: Awaited<ReturnType<typeof openParts>>): Promise<void> {
  await removeVisitors(parts.docker, VISITORS);
  await parts.orchestrator.removeStack(STACK, { volumes: true });
}
