import type { Parts } from './parts.ts';

/** After the transaction that put it into the queue. Never rejects: what the queue does not take, the reconciler finds. */
export async function wakeWorker({ queue, logger }: Pick<Parts, 'queue' | 'logger'>, deploymentId: string): Promise<void> {
  await queue.wake(deploymentId).catch((error: unknown) => {
    logger.warn({ deploymentId, error }, 'the queue did not take the wake-up; the reconciler will');
  });
}
