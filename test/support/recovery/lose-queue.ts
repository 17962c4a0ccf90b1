import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { RecoveryAddress } from './open-recovery-parts.ts';

/** Everything that the queue holds is gone, also what is being worked on: as after the loss of its server's data. */
export async function loseQueue({ redisUrl, databaseUrl }: RecoveryAddress): Promise<void> {
  if (redisUrl !== null) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const queue = new Queue('deployments', { connection, prefix: 'shipmate' });
    await queue.obliterate({ force: true });
    await queue.close();
    connection.disconnect();
    return;
  }
  const classes = withBackend(createPostgresBackend);
  const queue = new classes.Queue('deployments', { connection: { connectionString: databaseUrl, schema: 'shipmate_queue' } });
  await queue.obliterate({ force: true });
  await queue.close();
}
