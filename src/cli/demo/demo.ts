import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExampleImages, shopExample } from '../../../adapters/local-engine/example-images.ts';
import type { Settings } from '../../config/settings.ts';
import { bringEngine } from '../bring-engine.ts';
import { type OpenedParts, openParts } from '../open-parts.ts';
import { runServer } from '../run-server.ts';
import { runWorker } from '../run-worker.ts';
import { openWorkspace, readSettings, start, untilStopped } from '../start.ts';
import { StartRefused } from '../start-refused.ts';
import { playChapters, type Stage, VISITORS } from './chapters.ts';
import { type Cast, handOutTelephones, playProduction } from './production.ts';
import { Tour, TourFailed } from './tour.ts';
import { TourScreen } from './tour-screen.ts';
import { removeVisitors } from './visitors.ts';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');
const STACKS = ['shop-staging', 'shop-production'] as const;

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
    for (const stack of STACKS) await claimStack(parts, stack);
    closers.add('demo stacks', () => takeDown(parts));
    const tags = await buildExampleImages(parts.docker, shopExample(join(ROOT, 'examples')), say);
    screen.passed(`${tags.length} images of the example app, built from this machine's own Node`);
    await runWorker(parts, closers, settings.concurrency);
    const { url, core, useCases, conversations } = await runServer(parts, settings, closers);
    screen.passed(`worker and server; the browser chat is at ${url}`);

    const [ada, linus, grace] = ['ada', 'linus', 'grace'].map((id) => conversations.person(id));
    if (!ada || !linus || !grace) throw new TourFailed('the example workspace has lost its people');
    const tour = new Tour({ core, useCases, screen, person: ada });
    const stage = { tour, screen, docker: parts.docker, orchestrator: parts.orchestrator, useCases };
    const playing = play(stage, { parts, ada, linus, grace });
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

async function play(stage: Stage, cast: Cast): Promise<void> {
  const telephones = await handOutTelephones(stage, cast);
  await playChapters(stage);
  await playProduction(stage, cast, telephones);
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
async function claimStack(parts: OpenedParts, stack: string): Promise<void> {
  const { deployments } = parts.database.stores;
  const { services, networks, secrets, configs } = await parts.orchestrator.observe(stack);
  const { Volumes: volumes } = await parts.docker.listVolumes({ filters: { label: [`com.docker.stack.namespace=${stack}`] } });
  const objects = [
    ...[...networks, ...secrets, ...configs].map(({ engineName }) => engineName),
    ...(volumes ?? []).map(({ Name }) => Name),
  ];
  const playedBefore = (await deployments.list({ stack, limit: 1 })).length > 0;
  const foreign: string[] = playedBefore ? [] : objects;
  for (const { owner, service } of services) {
    if (owner === null || (await deployments.find(owner.deploymentId)) === null) foreign.push(service);
  }
  if (foreign.length > 0) {
    throw new StartRefused(`there is a stack ${stack} already that this demo did not make (${foreign.join(', ')})`, [
      'Point DOCKER_HOST at another engine, or remove that stack and its volumes yourself.',
    ]);
  }
  await removeVisitors(parts.docker, VISITORS);
  await parts.orchestrator.removeStack(stack, { volumes: true });
  await endInterrupted(parts, stack);
  await parts.database.transact((stores) => stores.releases.closeRevision(stack, parts.clock.now()));
}

/** What an interrupted tour left open is over: its stack is gone. */
async function endInterrupted(parts: OpenedParts, stack: string): Promise<void> {
  const { deployments } = parts.database.stores;
  const failure = { code: 'internal', service: null, message: 'The tour was interrupted and its stack taken down.' } as const;
  const changes = { finishedAt: parts.clock.now(), failure };
  for (const { id, state } of await deployments.queueOf(stack)) {
    await deployments.transition(id, state, state === 'awaiting_approval' ? 'cancelled' : 'errored', changes, null);
  }
}

/** The visitors stand on the stack's network, so they leave first. */
async function takeDown(parts: OpenedParts): Promise<void> {
  await removeVisitors(parts.docker, VISITORS);
  for (const stack of STACKS) await parts.orchestrator.removeStack(stack, { volumes: true });
}
