import { createPostgresBackend, type JobsOptions, Queue, Worker, withBackend } from 'bullmq';
import { RedisConnections } from './redis-connections.ts';

/** A job is a deployment's id and nothing else: the truth and everything secret stay in Postgres. */
export type Payload = { readonly deploymentId: string };

/** What this adapter uses of BullMQ's queue and worker, the same on both servers. */
export type JobQueue = Pick<Queue<Payload>, 'waitUntilReady' | 'getJobCounts' | 'close'> & {
  add(name: string, payload: Payload, options: JobsOptions): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
};
export type JobWorker = Pick<Worker<Payload>, 'waitUntilReady' | 'pause' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

export type Backend = {
  readonly technology: 'redis' | 'postgres';
  queue(): JobQueue;
  worker(concurrency: number, process: (payload: Payload) => Promise<void>): JobWorker;
  /** Ends what BullMQ's own close leaves behind while the server is away. */
  end(): void;
};

const NAME = 'deployments';

/**
 * A consumer that was killed is found out when its lock runs out (`lockDuration`) at the next look (`stalledInterval`): its
 * job is another's after at most 9 s. A job may be taken over any number of times, because a deployment must not be given
 * up for having met many crashes.
 */
const WORKER_SETTINGS = {
  lockDuration: 6_000,
  stalledInterval: 3_000,
  maxStalledCount: 1_000,
  /** How soon it asks again after the server was away. */
  runRetryDelay: 1_000,
};

/** The server should keep an append-only file and evict nothing (`noeviction`); losing it all only delays deployments. */
export function redisBackend(url: string): Backend {
  const connections = new RedisConnections(url);
  return {
    technology: 'redis',
    // Once connected, a producer's call fails at once while the server is away, instead of waiting in a queue of its own.
    queue: () =>
      new Queue<Payload>(NAME, {
        connection: connections.open({ enableOfflineQueue: false, maxRetriesPerRequest: 0 }),
        prefix: 'shipmate',
      }),
    worker: (concurrency, process) =>
      new Worker<Payload>(NAME, (job) => process(job.data), {
        connection: connections.open({ maxRetriesPerRequest: null }),
        prefix: 'shipmate',
        concurrency,
        ...WORKER_SETTINGS,
      }),
    end: () => connections.end(),
  };
}

/** In a schema of its own in the same database, which BullMQ migrates itself. */
export function postgresBackend(connectionString: string): Backend {
  const classes = withBackend(createPostgresBackend);
  const connection = (max: number) => ({
    connectionString,
    schema: 'shipmate_queue',
    migrate: true,
    max,
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
    application_name: 'shipmate queue',
  });
  return {
    technology: 'postgres',
    queue: () => new classes.Queue<Payload>(NAME, { connection: { ...connection(2), statement_timeout: 5_000 } }),
    worker: (concurrency, process) =>
      new classes.Worker<Payload>(NAME, (job) => process(job.data), { connection: connection(4), concurrency, ...WORKER_SETTINGS }),
    end: () => undefined,
  };
}
