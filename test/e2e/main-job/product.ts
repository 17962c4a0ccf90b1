import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import { Closers } from '../../../src/cli/closers.ts';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { type OpenedParts, openParts } from '../../../src/cli/open-parts.ts';
import { runServer } from '../../../src/cli/run-server.ts';
import { runWorker } from '../../../src/cli/run-worker.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { Pty } from '../../support/pty.ts';
import { buildTestImages, TEST_IMAGES } from '../../support/test-images.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const COMPOSE = fileURLToPath(new URL('./compose.yaml', import.meta.url));
const ENVIRONMENT = 'staging';

const tagOf = (image: string): string => image.slice(image.lastIndexOf(':') + 1);

/** Versions of the app: `stuck` stays under way for as long as it may. */
export const VERSIONS = {
  first: tagOf(TEST_IMAGES.good),
  second: tagOf(TEST_IMAGES.next),
  broken: tagOf(TEST_IMAGES.crashing),
  stuck: tagOf(TEST_IMAGES.unhealthy),
} as const;

/** What a command of the terminal came to. */
export type Ended = { readonly status: number; readonly output: string; readonly complaints: string };

type Added = {
  /** Variables of the process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ada's accounts by platform. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Another workspace than the usual one, of an app by this name. */
  readonly workspace?: (app: string) => object;
  /** The app's name; one that nobody else on the engine has, when left out. */
  readonly app?: string | undefined;
  /** The app's Compose file, in place of the usual two services. */
  readonly compose?: string;
};

/** Server and worker as `shipmate up` has them, on the shared engine, with a workspace, an app and a database of their own. */
export class Product {
  readonly url: string;
  readonly app: string;
  readonly #parts: OpenedParts;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #close: () => Promise<void>;

  private constructor(
    url: string,
    app: string,
    opened: { parts: OpenedParts; environment: Readonly<Record<string, string>> },
    close: () => Promise<void>,
  ) {
    this.url = url;
    this.app = app;
    this.#parts = opened.parts;
    this.#environment = opened.environment;
    this.#close = close;
  }

  static async open(added: Added = {}): Promise<Product> {
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'shipmate-main-job-'));
    const app = added.app ?? `job-${randomBytes(3).toString('hex')}`;
    await copyFile(added.compose ?? COMPOSE, join(folder, 'compose.yaml'));
    await writeFile(join(folder, 'shipmate.yml'), stringify(added.workspace?.(app) ?? workspaceWith(app, added.accounts ?? {})));
    const environment = {
      DATABASE_URL: database.url,
      DOCKER_HOST: inject('dockerHost'),
      SHIPMATE_CONFIG: join(folder, 'shipmate.yml'),
      SHIPMATE_DATA: folder,
      PORT: '0',
      ...added.environment,
    };
    const read = readEnvironment(environment);
    if (!read.ok) throw new Error(JSON.stringify(read.findings));
    const { settings } = read;
    const logger = createLogger({ level: 'silent', pretty: false });
    const closers = new Closers(logger);
    const parts = await openParts({ settings, workspace: new LiveWorkspace(settings.configFile, logger), logger, closers });
    await buildTestImages(parts.docker);
    await runWorker(parts, closers, 4);
    const { url } = await runServer(parts, settings, closers);
    return new Product(url, app, { parts, environment }, async () => {
      await closers.closeAll();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** What the card is headed with. */
  title(version: string, environment: string = ENVIRONMENT): string {
    return `${this.app} → ${environment} ${version}`;
  }

  /** Newest first. */
  deployments(): Promise<readonly Deployment[]> {
    return this.#parts.database.stores.deployments.list({ stack: this.#stack, limit: 50 });
  }

  /** The tags of the images that `web` runs now, according to the engine. */
  async running(environment: string = ENVIRONMENT): Promise<readonly string[]> {
    const { tasks } = await this.#parts.orchestrator.observe(`${this.app}-${environment}`);
    const running = tasks.filter((task) => task.service === 'web' && task.state === 'running' && task.desiredState === 'running');
    const images = await Promise.all(running.map((task) => this.#parts.docker.getImage(task.image).inspect()));
    return images.flatMap((image) => image.RepoTags.filter((tag) => tag.startsWith('shipmate-test/')).map(tagOf));
  }

  /** `shipmate <words>` in a process of its own, on the same data folder. */
  async shipmate(...words: readonly string[]): Promise<Ended> {
    const env = { ...process.env, ...this.#environment };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [MAIN, ...words], { env, timeout: 90_000 }, (error, output, complaints) => {
        if (error === null) resolve({ status: 0, output, complaints });
        else if (typeof error.code === 'number') resolve({ status: error.code, output, complaints });
        else reject(error);
      });
    });
  }

  /** The same for somebody who sits at a terminal. */
  atTerminal(...words: readonly string[]): Pty {
    return Pty.start([process.execPath, MAIN, ...words], { ...process.env, ...this.#environment });
  }

  /** The worker first: what it writes would come back. */
  async close(): Promise<void> {
    await this.#close();
    for (const environment of Object.keys(this.#parts.workspace().environments)) {
      await this.#parts.orchestrator.removeStack(`${this.app}-${environment}`, { volumes: true });
    }
  }

  get #stack(): string {
    return `${this.app}-${ENVIRONMENT}`;
  }
}

function workspaceWith(app: string, identities: Readonly<Record<string, string>>): object {
  return {
    workspace: 'Harbour',
    development: true,
    people: { ada: { name: 'Ada', identities }, grace: { name: 'Grace' }, linus: { name: 'Linus' } },
    environments: { [ENVIRONMENT]: null },
    channels: { deploys: { topic: 'Deployments of all apps' } },
    apps: {
      [app]: {
        description: 'An app for tests',
        compose: 'compose.yaml',
        environments: { [ENVIRONMENT]: { channel: 'deploys' } },
        roles: { owner: 'ada', developer: 'grace', viewer: 'linus' },
      },
    },
  };
}
