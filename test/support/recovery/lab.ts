import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, vi } from 'vitest';
import { stringify } from 'yaml';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { Closers } from '../../../src/cli/closers.ts';
import type { OpenedParts } from '../../../src/cli/open-parts.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { isFinal } from '../../../src/domain/deployment-state.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { createTestDatabase } from '../postgres.ts';
import { openRecoveryParts, type RecoveryAddress } from './open-recovery-parts.ts';
import { TINY_APP } from './tiny-app.ts';
import { TestWorker } from './worker.ts';

export type LabOptions = {
  readonly apps?: number;
  /** Path of the Compose file that all apps have. */
  readonly compose?: string;
  readonly monitor?: string;
  readonly verify?: string;
  readonly leaseTtlMs?: number;
  /** A database of its own on the shared server when left out. */
  readonly databaseUrl?: string;
  /** The queue runs on Postgres when left out. */
  readonly redisUrl?: string;
  readonly dockerHost?: string;
  /** The workspace's `engine` key. */
  readonly engine?: Readonly<Record<string, unknown>>;
};

const ENVIRONMENT = 'lab';
const ADA = { id: 'ada', name: 'Ada' };

/** One database, some apps and their stacks, and workers that come and go. Requests are made from this process. */
export class Lab {
  readonly address: RecoveryAddress;
  readonly apps: readonly string[];
  readonly parts: OpenedParts;
  readonly useCases: UseCases;
  readonly #workers: TestWorker[] = [];
  readonly #closers: Closers;
  readonly #dropDatabase: () => Promise<void>;

  private constructor(
    address: RecoveryAddress,
    apps: readonly string[],
    opened: { parts: OpenedParts; closers: Closers },
    dropDatabase: () => Promise<void>,
  ) {
    this.address = address;
    this.apps = apps;
    this.parts = opened.parts;
    this.useCases = createUseCases(opened.parts);
    this.#closers = opened.closers;
    this.#dropDatabase = dropDatabase;
  }

  static async open(options: LabOptions = {}): Promise<Lab> {
    const { monitor = '300ms', verify = '0s', leaseTtlMs = 2_000 } = options;
    const database = options.databaseUrl === undefined ? await createTestDatabase() : null;
    const folder = await mkdtemp(join(tmpdir(), 'shipmate-recovery-'));
    const apps = Array.from({ length: options.apps ?? 1 }, () => `rec-${randomBytes(4).toString('hex')}`);
    await copyFile(options.compose ?? TINY_APP, join(folder, 'compose.yaml'));
    const app = {
      compose: 'compose.yaml',
      environments: { [ENVIRONMENT]: { variables: { MONITOR: monitor, VERIFY: verify } } },
      roles: { owner: ADA.id },
    };
    const workspace = {
      workspace: 'Recovery',
      people: { [ADA.id]: { name: ADA.name } },
      environments: { [ENVIRONMENT]: null },
      ...(options.engine === undefined ? {} : { engine: options.engine }),
      apps: Object.fromEntries(apps.map((name) => [name, app])),
    };
    await writeFile(join(folder, 'shipmate.yml'), stringify(workspace, { aliasDuplicateObjects: false }));
    const address: RecoveryAddress = {
      databaseUrl: options.databaseUrl ?? database?.url ?? '',
      redisUrl: options.redisUrl ?? null,
      dockerHost: options.dockerHost ?? inject('dockerHost'),
      folder,
      leaseTtlMs,
    };
    const opened = await openRecoveryParts(address, 'silent');
    return new Lab(address, apps, opened, async () => {
      await database?.drop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  get app(): string {
    const [first] = this.apps;
    if (first === undefined) throw new Error('a lab has at least one app');
    return first;
  }

  stackOf(app: string = this.app): string {
    return `${app}-${ENVIRONMENT}`;
  }

  async startWorker(order: string | null = null, concurrency?: number): Promise<TestWorker> {
    const worker = await TestWorker.start(this.address, order, concurrency);
    this.#workers.push(worker);
    return worker;
  }

  async deploy(version: string, app: string = this.app): Promise<Deployment> {
    const requested = await this.useCases.requestDeployment({
      person: ADA,
      app,
      environment: ENVIRONMENT,
      version,
      reason: null,
      origin: { platform: 'test', channel: 'lab', deliveryId: randomUUID() },
    });
    if (isRefusal(requested)) throw new Error(`${requested.refused}: ${requested.message}`);
    return requested.deployment;
  }

  async cancel(id: string): Promise<'cancelled' | 'taking_back' | 'already_finished'> {
    const answer = await this.useCases.cancelDeployment({ person: ADA, target: { deployment: id }, source: 'test:lab' });
    if (!isRefusal(answer)) return answer.effect;
    if (answer.refused === 'already_finished') return answer.refused;
    throw new Error(`${answer.refused}: ${answer.message}`);
  }

  async find(id: string): Promise<Deployment> {
    const deployment = await this.parts.database.stores.deployments.find(id);
    if (deployment === null) throw new Error(`no deployment ${id}`);
    return deployment;
  }

  /** As soon as `isMet` holds of what the database says. */
  async until(id: string, what: string, isMet: (deployment: Deployment) => boolean | Promise<boolean>): Promise<Deployment> {
    return vi.waitFor(
      async () => {
        const deployment = await this.find(id);
        if (await isMet(deployment)) return deployment;
        const logs = this.#workers.flatMap((worker) => worker.log.slice(-12)).join('\n');
        throw new Error(`waited until ${what}: ${deployment.state}, ${deployment.stage}, ${deployment.direction}\n${logs}`);
      },
      { timeout: 60_000, interval: 25 },
    );
  }

  ended(id: string): Promise<Deployment> {
    return this.until(id, 'it is over', (deployment) => isFinal(deployment.state));
  }

  /** Deploys by a worker that stays alive. */
  async deployed(version: string, app: string = this.app): Promise<Deployment> {
    const { id } = await this.deploy(version, app);
    const ended = await this.ended(id);
    if (ended.state !== 'succeeded') throw new Error(`${version} ended as ${ended.state}: ${ended.failure?.message ?? 'no failure'}`);
    return ended;
  }

  async killWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.kill()));
  }

  async close(): Promise<void> {
    await this.killWorkers();
    for (const app of this.apps) await this.parts.orchestrator.removeStack(this.stackOf(app), { volumes: true });
    await this.#closers.closeAll();
    await this.#dropDatabase();
  }
}
