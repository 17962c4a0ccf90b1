/**
 * Wakes workers. It holds no truth: a job is a deployment's id, losing one delays a deployment until the reconciler
 * enqueues it again, and running one twice does nothing because the lease decides.
 */
export interface DeploymentQueue {
  /** Idempotent per deployment while its job waits or runs. */
  wake(deploymentId: string): Promise<void>;
  /** Starts consuming, `concurrency` at a time. A handler that throws is retried with backoff a bounded number of times. */
  consume(concurrency: number, handler: (deploymentId: string) => Promise<void>): Promise<void>;
  counts(): Promise<{ waiting: number; active: number; failed: number }>;
  ping(): Promise<void>;
  /** Waits for running handlers up to `graceMs`, then lets go. */
  close(graceMs: number): Promise<void>;
}
