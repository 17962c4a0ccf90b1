import { ExponentialBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel';
import { Fault } from '../ports/faults.ts';

const isTransient = (error: unknown): boolean => error instanceof Fault && error.isTransient;

/**
 * For what must be written before anything else may happen: a database or engine that restarts is waited for, up to
 * about two minutes. Faults that waiting cannot mend come through at once.
 */
export function patiently(signal: AbortSignal): <T>(work: () => Promise<T>) => Promise<T> {
  const policy: RetryPolicy = retry(handleWhen(isTransient), {
    maxAttempts: 60,
    backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2000 }),
  });
  return (work) => policy.execute(() => work(), signal);
}
