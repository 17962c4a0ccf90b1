import type { Person } from '../../domain/deployment.ts';
import { humanBehind } from '../../domain/machine.ts';
import { type GroupsNow, groupsNow } from '../../domain/membership.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { accountsOf } from '../find-person.ts';

/** Somebody as they spoke at `at`, with the groups they are in `now`; see {@link groupsNow}. */
export async function groupsOfNow(
  stores: Pick<Stores, 'identities' | 'memberships'>,
  { people }: Pick<Workspace, 'people'>,
  { id, groups = [] }: Pick<Person, 'id' | 'groups'>,
  at: number,
  now: number,
): Promise<GroupsNow> {
  if (groups.length === 0) return { groups, unknown: [] };
  const accounts = await accountsOf({ stores, people }, humanBehind(id));
  return groupsNow({ groups, at }, await stores.memberships.of(accounts), now);
}

/** What depends on a group of which nobody can say now whether they are still in it. */
export function cannotTellNow({ name }: Pick<Person, 'name'>): Refusal {
  return refusal(
    'unavailable',
    `It cannot be told now whether ${name} is still in the group by which they asked for this.`,
    'Their platform is asked again every minute: try again then, or ask for it anew.',
  );
}
