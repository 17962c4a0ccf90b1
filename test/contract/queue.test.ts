import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { createDeploymentQueue } from '../../adapters/bullmq/deployment-queue.ts';
import { silentLogger } from '../support/postgres.ts';
import { startRestartablePostgres } from '../support/postgres-server.ts';
import { startRedis } from '../support/redis.ts';
import { describeQueueContract } from './queue-contract.ts';

/** Servers of their own: these tests stop and start them. */
describe('the queue on Redis', () => {
  describeQueueContract(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shipmate-queue-'));
    const redis = await startRedis(folder);
    const address = { redisUrl: redis.url, connectionString: inject('postgresUrl') };
    return {
      open: () => createDeploymentQueue({ ...address, logger: silentLogger }),
      address,
      down: () => redis.down(),
      up: () => redis.up(),
      async stop() {
        await redis.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
});

describe('the queue on Postgres', () => {
  describeQueueContract(async () => {
    const postgres = await startRestartablePostgres();
    const address = { redisUrl: null, connectionString: postgres.url };
    return {
      open: () => createDeploymentQueue({ ...address, logger: silentLogger }),
      address,
      down: () => postgres.down(),
      up: () => postgres.up(),
      stop: () => postgres.stop(),
    };
  });
});
