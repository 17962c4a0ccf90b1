import { runWorker } from '../../../src/cli/run-worker.ts';
import { CrashPoints, parseOrder } from './crash-orders.ts';
import { openRecoveryParts, type RecoveryAddress } from './open-recovery-parts.ts';

/** A worker in a process of its own, to be killed, stopped and restarted. What it does at which failpoint it is told over IPC. */
export type ToWorker = { readonly arm: string | null } | { readonly resume: true } | { readonly leave: true };
export type FromWorker = { readonly ready: string } | { readonly armed: true } | { readonly at: string };

const address = JSON.parse(process.argv[2] ?? '{}') as RecoveryAddress & { concurrency: number; order: string | null };

/** Resolves once the message has left: the next thing may be our end. */
function tell(message: FromWorker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.send?.(message, undefined, undefined, (error: Error | null) => (error === null ? resolve() : reject(error)));
  return promise;
}

const points = new CrashPoints((name) => tell({ at: name }));
const { parts, closers } = await openRecoveryParts(address, 'info', points);
points.arm(address.order === null ? null : parseOrder(address.order));
process.on('message', (message: ToWorker) => {
  if ('arm' in message) {
    points.arm(message.arm === null ? null : parseOrder(message.arm));
    void tell({ armed: true });
  } else if ('resume' in message) points.resume();
  else void closers.closeAll().then(() => process.exit(0));
});
process.on('disconnect', () => process.exit(1));
await runWorker(parts, closers, address.concurrency);
await tell({ ready: parts.holder });
