import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildExampleImages, shopExample } from '../../adapters/local-engine/example-images.ts';
import { createUseCases } from '../../src/application/create-use-cases.ts';
import type { UseCases } from '../../src/application/use-cases.ts';
import { bringEngine } from '../../src/cli/bring-engine.ts';
import { Closers } from '../../src/cli/closers.ts';
import { type OpenedParts, openParts } from '../../src/cli/open-parts.ts';
import { runWorker } from '../../src/cli/run-worker.ts';
import { openWorkspace, readSettings, start } from '../../src/cli/start.ts';
import type { Person } from '../../src/domain/deployment.ts';
import { type DockerCli, dockerCli } from './docker-cli.ts';
import { type BenchRun, say } from './run-bench.ts';

export const PERSON: Person = { id: 'ada', name: 'Ada' };
export const ENVIRONMENT = 'staging';

export type Stand = {
  readonly parts: OpenedParts;
  readonly useCases: UseCases;
  readonly cli: DockerCli;
  /** The app's name in Shipmate's workspace, different in every run. */
  readonly app: string;
  /** Shipmate's stack, and the one that the Docker CLI deploys from the same file. */
  readonly stack: string;
  readonly cliStack: string;
  readonly composeFile: string;
};

/**
 * Shipmate's parts and worker in this process, on a Postgres of their own in a temporary folder, beside the Docker CLI on
 * the same engine, with the example's images. Everything is undone with the run, both stacks first.
 */
export async function openStand(run: BenchRun, compose: string): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const app = `bench-${randomBytes(3).toString('hex')}`;
  const composeFile = join(folder, 'compose.yaml');
  writeFileSync(composeFile, compose);
  writeFileSync(join(folder, 'shipmate.yml'), workspaceOf(app));

  const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = process.env;
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  const settings = readSettings({
    DOCKER_HOST,
    DOCKER_TLS_VERIFY,
    DOCKER_CERT_PATH,
    SHIPMATE_CONFIG: join(folder, 'shipmate.yml'),
    SHIPMATE_DATA: dataFolder,
    LOG_LEVEL: 'error',
  });
  const started = start({ settings, destination: process.stderr });
  const closers = new Closers(started.logger);
  run.undo('parts', () => closers.closeAll());
  const engine = await bringEngine(settings, say);
  closers.add('engine', () => engine.stop({ removeData: true }));
  const parts = await openParts({ ...started, closers, workspace: openWorkspace({ ...started, closers }), dockerHost: engine.dockerHost });
  await buildExampleImages(
    parts.docker,
    { ...shopExample(resolve(import.meta.dirname, '../../examples')), versions: ['1.0.0', '1.1.0'] },
    say,
  );

  const stand = { parts, app, stack: `${app}-${ENVIRONMENT}`, cliStack: `${app}-cli`, composeFile };
  closers.add('stacks', async () => {
    await parts.orchestrator.removeStack(stand.stack, { volumes: true });
    await parts.orchestrator.removeStack(stand.cliStack, { volumes: true });
  });
  await runWorker(parts, closers, settings.concurrency);
  // The first request would otherwise pay for what a running Shipmate knows already.
  await parts.orchestrator.capabilities();
  return { ...stand, useCases: createUseCases(parts), cli: dockerCli(engine.dockerHost, run.stop) };
}

function workspaceOf(app: string): string {
  return `workspace: Bench
development: true
limits: { deployments_per_hour: 10000 }
people:
  ${PERSON.id}: { name: ${PERSON.name} }
environments:
  ${ENVIRONMENT}:
channels:
  deploys: { topic: Deployments }
apps:
  ${app}:
    description: What is measured
    compose: compose.yaml
    environments:
      ${ENVIRONMENT}: { channel: deploys }
    roles:
      owner: ${PERSON.id}
`;
}
