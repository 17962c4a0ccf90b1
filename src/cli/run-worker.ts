import { tendApprovals } from '../application/approvals/tend-approvals.ts';
import { tendEnvironments } from '../application/locks/tend-environments.ts';
import type { Parts } from '../application/parts.ts';
import { reconcile } from '../application/reconcile.ts';
import { runDeployment } from '../application/run-deployment.ts';
import { tendSessions } from '../application/sessions/tend-sessions.ts';
import { tendAudit } from '../application/tend-audit.ts';
import type { Closers } from './closers.ts';

/** Running deployments stop where they are and are handed over; they get this long to let go. */
const GRACE_MS = 5000;

/** Takes deployments from the queue, and puts right what the queue lost. */
export async function runWorker(parts: Parts, closers: Closers, concurrency: number): Promise<void> {
  const stop = new AbortController();
  await parts.queue.consume(concurrency, (id) => runDeployment(parts, id, stop.signal));
  const reconciling = reconcile(parts, stop.signal);
  const tending = [
    tendEnvironments(parts, stop.signal),
    tendApprovals(parts, stop.signal),
    tendAudit(parts, stop.signal),
    tendSessions(parts, stop.signal),
  ];
  closers.add('worker', async () => {
    stop.abort();
    await Promise.all([reconciling, ...tending]);
    await parts.queue.close(GRACE_MS);
  });
  parts.logger.info({ concurrency, holder: parts.holder }, 'worker ready');
}
