import { announce } from './announce.ts';
import { bringEngine } from './bring-engine.ts';
import { keepVersions } from './keep-versions.ts';
import { openParts } from './open-parts.ts';
import { serveProcessHealth } from './process-health.ts';
import { runServer } from './run-server.ts';
import { runWorker } from './run-worker.ts';
import { openWorkspace, type Started, start, untilStopped } from './start.ts';

/** `shipmate serve`: chat, API and web, and the projection of deployments into their cards. */
export async function serve(): Promise<void> {
  const started = start();
  await untilDone(started, async () => {
    const workspace = openWorkspace(started);
    const parts = await openParts({ ...started, workspace });
    await keepVersions(parts, workspace, started.closers);
    const { url } = await runServer(parts, started.settings, started.closers);
    announce(`Shipmate answers at ${url}`);
  });
}

/** `shipmate worker`: runs deployments, any number of workers beside each other; its port tells only how it is. */
export async function worker(): Promise<void> {
  const started = start();
  await untilDone(started, async () => {
    const workspace = openWorkspace(started);
    const parts = await openParts({ ...started, workspace });
    await keepVersions(parts, workspace, started.closers);
    await runWorker(parts, started.closers, started.settings.concurrency);
    await serveProcessHealth(parts, started.settings, started.closers);
  });
}

/** `shipmate up`: the embedded default. Brings an engine and a Postgres when none are configured, and runs all in one process. */
export async function up(): Promise<void> {
  const started = start();
  await untilDone(started, async () => {
    const { settings, closers } = started;
    const workspace = openWorkspace(started);
    const engine = await bringEngine(settings, announce);
    closers.add('engine', () => engine.stop());
    const parts = await openParts({ ...started, workspace, dockerHost: engine.dockerHost });
    await keepVersions(parts, workspace, closers);
    await runWorker(parts, closers, settings.concurrency);
    const { url } = await runServer(parts, settings, closers);
    announce(`Shipmate answers at ${url}${workspace.current.development ? '' : ' (sign in with `shipmate sign-in <person>`)'}`);
  });
}

/** Opens, serves until it is told to end, and closes what was opened, also when opening failed half-way. */
async function untilDone({ closers, logger }: Started, open: () => Promise<void>): Promise<void> {
  try {
    const stopped = untilStopped();
    await open();
    await stopped;
    logger.info({}, 'stopping');
  } finally {
    await closers.closeAll();
  }
}
