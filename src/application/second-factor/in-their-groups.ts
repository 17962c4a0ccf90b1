import type { Stores } from '../../ports/database.ts';
import type { Target } from './admins.ts';

/**
 * Somebody about whose factors others decide, with every group by which these may count for something: those with which they set
 * factors up, and those in which their platforms saw them last. They do not speak here, so it is rather one group too many, whose
 * owner is asked, too, than one too few.
 */
export async function inTheirGroups({ factors, memberships }: Pick<Stores, 'factors' | 'memberships'>, target: Target): Promise<Target> {
  const kept = [...(await factors.groupsOf(target.id)), ...(await memberships.groupsOf(target.id))];
  return { ...target, groups: [...new Set([...(target.groups ?? []), ...kept])] };
}
