import type { Deployment, Person } from '../../domain/deployment.ts';
import { isRefusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import { authorize } from '../authorize.ts';
import { groupsOfNow } from '../memberships/groups-now.ts';
import type { Parts } from '../parts.ts';

type RequesterNow = { readonly person: Person; readonly isUnknown: boolean };

/** With those of the groups they had when they asked that they are still in. */
export async function requesterNow(parts: Parts, stores: Stores, deployment: Deployment): Promise<RequesterNow> {
  const { requester, requesterGroups = [], requestedAt } = deployment;
  const asked = { ...requester, groups: requesterGroups };
  const { groups, unknown } = await groupsOfNow(stores, parts.workspace(), asked, requestedAt, parts.clock.now());
  return { person: { ...requester, groups }, isUnknown: unknown.length > 0 };
}

/** May whoever asked for it still ask? Unknown: only a group of theirs would let them, and nobody can say now whether they are in it. */
export async function standingOfRequester(parts: Parts, stores: Stores, deployment: Deployment): Promise<'may' | 'may_not' | 'unknown'> {
  const permission = deployment.kind === 'rollback' ? 'rollback' : 'deploy';
  const { person, isUnknown } = await requesterNow(parts, stores, deployment);
  if (!isRefusal(authorize(parts.workspace(), { ...deployment, person, permission, changes: true }))) return 'may';
  return isUnknown ? 'unknown' : 'may_not';
}
