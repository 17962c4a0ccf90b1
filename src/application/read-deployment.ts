import type { Deployment } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { approvalOf } from './approvals/read-approvals.ts';
import { ENGINE } from './engine-breaker.ts';
import type { Parts } from './parts.ts';
import { rollbackTargetOf } from './request-rollback.ts';
import type { DeploymentDetails } from './use-cases.ts';

/** What a deployment's card and thread show. Null when there is no such deployment. */
export async function readDeployment(parts: Parts, id: string): Promise<DeploymentDetails | null> {
  const { deployments, releases } = parts.database.stores;
  const deployment = await deployments.find(id);
  if (deployment === null) return null;
  const [release, progress, stages, queue, typicalMs, recent] = await Promise.all([
    releases.find(deployment.releaseId),
    deployments.progressOf(id),
    deployments.stagesOf(id),
    deployments.queueOf(deployment.stack),
    deployments.typicalDurationMs(deployment.stack),
    deployments.list({ stack: deployment.stack, limit: 20 }),
  ]);
  if (release === null) return null;
  const index = queue.findIndex((item) => item.id === id);
  const target = deployment.state === 'succeeded' ? await rollbackTargetOf(parts, deployment.stack, id) : null;
  const [approval, brokenGlass] = await Promise.all([
    approvalOf(parts, parts.database.stores, deployment),
    deployment.clearance === 'break_glass' ? parts.database.stores.brokenGlass.find(id) : null,
  ]);
  return {
    deployment,
    approval,
    brokenGlass,
    release,
    progress,
    stages,
    position: Math.max(0, index),
    waitsFor: index > 0 ? (queue[index - 1] ?? null) : null,
    etaAt: estimateEnd(deployment, index, typicalMs, parts.clock.now()),
    rollbackTarget: target === null ? null : { version: target.version, revision: target.number },
    outage: isFinal(deployment.state) ? null : (parts.breakers.open().find(({ part }) => part === ENGINE) ?? null),
    isNewest: !recent.some((other) => hasStartedAfter(other, deployment)),
  };
}

/** One that never started changed nothing, so it makes nothing outdated. */
function hasStartedAfter(other: Deployment, deployment: Deployment): boolean {
  return (
    other.startedAt !== null && other.id !== deployment.id && other.startedAt > (deployment.startedAt ?? deployment.finishedAt ?? Infinity)
  );
}

/** From how long this environment's deployments usually take; a waiting one waits for those before it too. */
function estimateEnd(deployment: Deployment, index: number, typicalMs: number | null, now: number): number | null {
  if (typicalMs === null || index < 0) return null;
  if (deployment.startedAt !== null) return deployment.startedAt + typicalMs;
  return now + typicalMs * (index + 1);
}
