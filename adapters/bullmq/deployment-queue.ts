import { TimeoutStrategy, timeout } from 'cockatiel';
import { StoreUnavailableError } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { DeploymentQueue } from '../../src/ports/queue.ts';
import { type Backend, type JobQueue, type JobWorker, postgresBackend, redisBackend } from './backends.ts';

export type DeploymentQueueOptions = {
  /** Null uses the database instead. */
  readonly redisUrl: string | null;
  readonly connectionString: string;
  readonly logger: Logger;
};

export function createDeploymentQueue({ redisUrl, connectionString, logger }: DeploymentQueueOptions): DeploymentQueue {
  return new BullDeploymentQueue(redisUrl === null ? postgresBackend(connectionString) : redisBackend(redisUrl), logger);
}

/** Nobody waits longer than this for a producer's call; whoever lost one is found by the reconciler. */
const CALL_MS = 2_000;

/** An orderly close needs the server; while it is away there is nothing to wait for. */
const CLOSE_MS = 2_000;

/**
 * A wake while the job waits is the same job. A wake while it runs is kept and runs once more afterwards (BullMQ's
 * deduplication with `keepLastIfActive`): the run may already have looked past what the wake was about, and a run with
 * nothing to do costs nothing. Once a job has ended its id is free again.
 */
const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
  removeOnComplete: true,
  /** Kept a day so that operators can see them; the reconciler wakes the deployment again. */
  removeOnFail: { count: 200, age: 86_400 },
} as const;

class BullDeploymentQueue implements DeploymentQueue {
  readonly #backend: Backend;
  readonly #logger: Logger;
  readonly #running = new Set<Promise<void>>();
  readonly #bounded = timeout(CALL_MS, TimeoutStrategy.Aggressive);
  #queue: Promise<JobQueue> | null = null;
  #worker: JobWorker | null = null;
  #isClosed = false;

  constructor(backend: Backend, logger: Logger) {
    this.#backend = backend;
    this.#logger = logger.child({ queue: backend.technology });
  }

  async wake(deploymentId: string): Promise<void> {
    const deduplication = { id: deploymentId, keepLastIfActive: true };
    await this.#call((queue) => queue.add('deployment', { deploymentId }, { ...JOB_OPTIONS, deduplication }));
  }

  async consume(concurrency: number, handler: (deploymentId: string) => Promise<void>): Promise<void> {
    if (this.#worker !== null) throw new Error('this queue is already being consumed');
    const worker = this.#backend.worker(concurrency, async ({ deploymentId }) => {
      const run = handler(deploymentId);
      const settled = run.then(
        () => undefined,
        (error: unknown) => this.#logger.warn({ err: error, deploymentId }, 'a deployment job failed and will be tried again'),
      );
      this.#running.add(settled);
      settled.finally(() => this.#running.delete(settled));
      await run;
    });
    this.#worker = worker;
    worker.on('error', (error) => this.#logger.warn({ err: error }, 'the queue cannot be consumed at the moment'));
    await worker.waitUntilReady();
  }

  async counts(): Promise<{ waiting: number; active: number; failed: number }> {
    const counts = await this.#call((queue) => queue.getJobCounts('waiting', 'delayed', 'active', 'failed'));
    const of = (state: string) => counts[state] ?? 0;
    // One that failed and waits for its next attempt is waiting too.
    return { waiting: of('waiting') + of('delayed'), active: of('active'), failed: of('failed') };
  }

  async ping(): Promise<void> {
    await this.counts();
  }

  async close(graceMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const worker = this.#worker;
    await worker?.pause(true);
    const isDrained = await settlesWithin(graceMs, Promise.all(this.#running));
    // Forced, the locks are no longer renewed and another worker takes the jobs over.
    const closing = Promise.all([worker?.close(!isDrained), this.#queue?.then((queue) => queue.close())]);
    const isClosed = await settlesWithin(CLOSE_MS, closing);
    if (!isClosed) this.#logger.warn({}, 'the queue did not close in order');
    this.#backend.end();
  }

  async #call<T>(work: (queue: JobQueue) => Promise<T>): Promise<T> {
    try {
      return await this.#bounded.execute(async () => work(await this.#open()));
    } catch (error) {
      throw new StoreUnavailableError(`the queue (${this.#backend.technology}) cannot be reached`, { cause: error });
    }
  }

  /** BullMQ remembers a failed start for ever, so a queue that never became ready is thrown away. */
  #open(): Promise<JobQueue> {
    this.#queue ??= this.#start().catch((error: unknown) => {
      this.#queue = null;
      throw error;
    });
    return this.#queue;
  }

  async #start(): Promise<JobQueue> {
    const queue = this.#backend.queue();
    queue.on('error', (error) => this.#logger.debug({ err: error }, 'the queue is away'));
    try {
      await queue.waitUntilReady();
    } catch (error) {
      await queue.close().catch((closing: unknown) => this.#logger.debug({ err: closing }, 'a queue that never opened did not close'));
      throw error;
    }
    return queue;
  }
}

/** False when it takes longer. A failure counts as settled: what is being closed is gone then. */
async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  work.then(
    () => resolve(true),
    () => resolve(true),
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
