import type { Deployment } from '../src/domain/deployment.ts';
import { isFinal } from '../src/domain/deployment-state.ts';

/** The deployment that is changing the environment now and can still be taken back. Newest first in, as `/history` lists them. */
export function findRunning(deployments: readonly Deployment[]): Deployment | null {
  return deployments.find((deployment) => deployment.state === 'running' && deployment.kind === 'deploy') ?? null;
}

/**
 * The version to go back to when the newest attempt failed and was left in place: the one before it, which is still the
 * newest revision (a failed release opens none). Null when the newest attempt left nothing behind.
 */
export function leftBehindBy(deployments: readonly Deployment[]): string | null {
  const newest = deployments.find((deployment) => isFinal(deployment.state) && deployment.startedAt !== null);
  const isLeft = newest !== undefined && (newest.state === 'failed' || newest.state === 'errored');
  return isLeft && newest.previousVersion !== newest.version ? newest.previousVersion : null;
}
