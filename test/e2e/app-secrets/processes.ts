import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import { generateKey } from '../../../adapters/crypto/keys.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const COMPOSE = fileURLToPath(new URL('./compose.yaml', import.meta.url));

/** `shipmate serve` and `shipmate worker` as an operator starts them, with everything they print kept. */
export class Processes {
  readonly app: string;
  readonly test: TestDatabase;
  url = '';
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running: ChildProcess[] = [];
  #printed = '';

  private constructor(test: TestDatabase, app: string, folder: string, environment: NodeJS.ProcessEnv) {
    this.test = test;
    this.app = app;
    this.#folder = folder;
    this.#environment = environment;
  }

  static async start(added: { environment: Record<string, string>; account: string }): Promise<Processes> {
    const test = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'shipmate-secrets-'));
    const app = `canary-${randomBytes(3).toString('hex')}`;
    await copyFile(COMPOSE, join(folder, 'compose.yaml'));
    await writeFile(join(folder, 'shipmate.yml'), stringify(workspace(app, added.account)));
    const processes = new Processes(test, app, folder, {
      ...process.env,
      DATABASE_URL: test.url,
      DOCKER_HOST: inject('dockerHost'),
      SHIPMATE_CONFIG: join(folder, 'shipmate.yml'),
      SHIPMATE_DATA: folder,
      SHIPMATE_KEYS: generateKey(),
      PORT: '0',
      LOG_LEVEL: 'trace',
      ...added.environment,
    });
    await processes.#spawn('worker', 'worker ready');
    processes.url = /http:\/\/[\d.]+:\d+/.exec(await processes.#spawn('serve', 'Shipmate answers at '))?.[0] ?? '';
    return processes;
  }

  /** Everything that they printed so far. */
  get printed(): string {
    return this.#printed;
  }

  /** Command lines and environments of every process that can be read here, ours among them. */
  async seenByOthers(): Promise<string> {
    const found: string[] = [];
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      for (const file of ['cmdline', 'environ']) found.push(await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''));
    }
    return found.join('\n');
  }

  get pids(): readonly number[] {
    return this.#running.flatMap(({ pid }) => pid ?? []);
  }

  async stop(): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await this.test.drop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Resolves with what it has printed once that has these words. */
  async #spawn(command: string, words: string): Promise<string> {
    const child = spawn(process.execPath, [MAIN, command], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.push(child);
    let own = '';
    return new Promise((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        own += chunk.toString();
        this.#printed += chunk.toString();
        if (own.includes(words)) resolve(own);
      };
      child.stdout?.on('data', onData);
      child.stderr?.on('data', onData);
      child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${own}`)));
    });
  }
}

function workspace(app: string, account: string): object {
  return {
    workspace: 'Harbour',
    development: true,
    people: { ada: { name: 'Ada', identities: { slack: account } } },
    environments: { staging: null },
    channels: { deploys: { topic: 'Deployments' } },
    apps: { [app]: { compose: 'compose.yaml', environments: { staging: { channel: 'deploys' } }, roles: { owner: 'ada' } } },
  };
}
