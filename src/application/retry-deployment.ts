import type { Deployment, Person } from '../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { pinsOf } from './approvals/what-changed.ts';
import { memberOf } from './authorize.ts';
import type { Origin, RequestedDeployment } from './deployment-requests.ts';
import type { Parts } from './parts.ts';
import { requestDeployment } from './request-deployment.ts';
import { requestRollback } from './request-rollback.ts';

/**
 * The card's button: the same once more, planned anew from what runs now. A promotion takes the images that it took before, whatever
 * their tags name by now. Where people have to say why, nothing is said for them.
 */
export async function retryDeployment(
  parts: Parts,
  { deploymentId, person, origin }: { deploymentId: string; person: Person; origin: Origin },
): Promise<RequestedDeployment | Refusal> {
  const { deployments, releases } = parts.database.stores;
  const deployment = await deployments.find(deploymentId);
  if (deployment === null) return refusal('unknown_deployment', 'There is no such deployment.', 'See /history.');
  const { app, environment, version, kind, promotedFrom, releaseId } = deployment;
  const asksWhy = memberOf(parts.workspace().environments, environment)?.reason ?? null;
  const request = { person, app, environment, reason: asksWhy === null ? reasonOf(deployment, person) : null, origin };
  const release = promotedFrom === undefined ? null : await releases.find(releaseId);
  const requested =
    kind === 'rollback'
      ? await requestRollback(parts, { ...request, to: version })
      : await requestDeployment(parts, {
          ...request,
          version,
          ...(promotedFrom !== undefined && release !== null && { promotedFrom, pins: new Map(pinsOf(release.spec)) }),
        });
  if (!isRefusal(requested) || requested.refused !== 'reason_required') return requested;
  return { ...requested, hint: `Type: ${typedAs(deployment)} --reason "${asksWhy?.example ?? 'why it is needed'}"` };
}

/** Whoever asked says the same again; what somebody else said is theirs. */
function reasonOf({ id, requester, reason }: Deployment, person: Person): string {
  return requester.id === person.id && reason !== null ? reason : `retry of ${id}`;
}

function typedAs({ kind, app, environment, version, promotedFrom }: Deployment): string {
  if (kind === 'rollback') return `/rollback ${app} ${environment} ${version}`;
  return promotedFrom === undefined ? `/deploy ${app} ${environment} ${version}` : `/promote ${app} ${promotedFrom} ${environment}`;
}
