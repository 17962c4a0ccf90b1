import type { Deployment, ServiceProgress } from '../domain/deployment.ts';
import type { Release } from '../domain/release.ts';
import type { DeploymentChanges, Stores } from '../ports/database.ts';
import { EngineRestingError, EngineUnavailableError } from '../ports/faults.ts';
import type { Logger } from '../ports/logger.ts';
import type { FileObjectContent, WriteGuard } from '../ports/orchestrator.ts';
import type { HeldLease } from './keep-lease.ts';
import type { Parts } from './parts.ts';
import { patiently } from './persist.ts';

/** After an engine came back, tasks it lost on its way down are its own failures. */
const ENGINE_GRACE_MS = 5000;
/** Between looks at whether the engine is still left alone: another worker may have found that it answers. */
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 500;

/** One worker's hold on one deployment: its lease, its guard for engine writes, and fenced writes to the database. */
export class DeploymentRun {
  readonly parts: Parts;
  readonly lease: HeldLease;
  readonly release: Release;
  readonly log: Logger;
  readonly guard: WriteGuard;
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;
  #deployment: Deployment;
  #forgiveBefore = 0;

  constructor(parts: Parts, lease: HeldLease, deployment: Deployment, release: Release) {
    this.parts = parts;
    this.lease = lease;
    this.release = release;
    this.#deployment = deployment;
    this.log = parts.logger.child({ deploymentId: deployment.id, stack: deployment.stack, fence: lease.fence.fence });
    this.patiently = patiently(lease.signal);
    this.guard = {
      owner: { deploymentId: deployment.id, fence: lease.fence.fence },
      check: () => this.patiently(() => lease.check()),
    };
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** Tasks made before this are nobody's failure: the engine was away since, and lost them by itself. 0 when it never was. */
  get forgiveBefore(): number {
    return this.#forgiveBefore;
  }

  /** Whatever asks the engine says here what came of it. */
  noticeOutage(error: unknown): void {
    if (error instanceof EngineUnavailableError) this.#forgiveBefore = this.parts.clock.now() + ENGINE_GRACE_MS;
  }

  /** Nothing is asked of an engine that is left alone; whoever waits goes on with the first try that it answers. */
  async untilEngineAnswers(): Promise<void> {
    for (;;) {
      const open = await this.parts.breakers.engine.check();
      if (open === null) return;
      this.noticeOutage(new EngineRestingError(open));
      const { clock } = this.parts;
      await clock.sleep(Math.min(Math.max(open.tryAt - clock.now(), SHORTEST_WAIT_MS), LONGEST_WAIT_MS), this.signal);
      this.signal.throwIfAborted();
    }
  }

  /** A write to the engine: one that is away is waited for. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    return this.patiently(async () => {
      await this.untilEngineAnswers();
      try {
        return await work();
      } catch (error) {
        this.noticeOutage(error);
        throw error;
      }
    });
  }

  /** Someone may have asked to cancel since. */
  async reload(): Promise<Deployment> {
    const found = await this.patiently(() => this.parts.database.stores.deployments.find(this.#deployment.id));
    if (found !== null) this.#deployment = found;
    return this.#deployment;
  }

  async update(changes: DeploymentChanges): Promise<void> {
    await this.record((stores) => stores.deployments.update(this.#deployment.id, changes, this.lease.fence));
    await this.reload();
  }

  async saveProgress(progress: readonly ServiceProgress[]): Promise<void> {
    await this.record((stores) => stores.deployments.saveProgress(this.#deployment.id, progress, this.lease.fence));
  }

  /** One fenced write and its notification, in one transaction; a refused fence means that somebody else goes on from here. */
  async record(write: (stores: Stores) => Promise<boolean>): Promise<void> {
    const { database } = this.parts;
    const written = await this.patiently(() =>
      database.transact(async (stores) => {
        const done = await write(stores);
        if (done) await database.notify(stores, 'deployment', this.#deployment.id);
        return done;
      }),
    );
    if (!written) throw this.lease.lose();
  }

  /** Bytes of a secret or config of this release, unsealed only on their way to the engine. */
  readonly content: FileObjectContent = async (kind, key) => {
    const object = (kind === 'secret' ? this.release.spec.secrets : this.release.spec.configs)[key];
    const sealed = object === undefined ? null : await this.parts.database.stores.releases.contents(object.fingerprint);
    if (object === undefined || sealed === null) throw new Error(`the content of ${kind} ${key} is not stored`);
    return this.parts.sealer.open(sealed, object.fingerprint);
  };
}
