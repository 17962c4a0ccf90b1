import type { Deployment } from '../domain/deployment.ts';

/** `shop → staging 1.1.0`: the same words everywhere a deployment is named. */
export function deploymentTitle(deployment: Deployment): string {
  const title = `${deployment.app} → ${deployment.environment} ${deployment.version}`;
  return deployment.kind === 'rollback' ? `${title} (rollback)` : title;
}
