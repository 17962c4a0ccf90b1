import { peopleBehind, platformGroupsOf } from '../application/approvals/approvers.ts';
import { memberOf } from '../application/authorize.ts';
import type { TellParts } from './tell-person.ts';

/** A group with more members than this is told by its channel: nobody decides faster because a hundred were asked. */
export const LARGE_GROUP = 30;

/** By name, and as members of a platform's group that is not large. */
export async function peopleOf(
  { workspace, database }: TellParts,
  app: string,
  from: readonly string[],
  largest = LARGE_GROUP,
): Promise<readonly string[]> {
  const config = memberOf(workspace().apps, app);
  if (config === undefined) return [];
  const named = peopleBehind(workspace(), config, from).map(({ id }) => id);
  const members = await Promise.all(
    platformGroupsOf(workspace(), config, from).map((group) => database.stores.memberships.membersOf([group])),
  );
  return [...new Set([...named, ...members.filter(({ length }) => length <= largest).flat()])];
}
