import type { Person } from '../../domain/deployment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { FactorReset } from '../../ports/factor-store.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { cannotTellNow, groupsOfNow } from '../memberships/groups-now.ts';
import { concernedApps, coverAll, isAdminFor, type Target } from './admins.ts';

type Second = {
  readonly stores: Stores;
  /** With the roles of this transaction. */
  readonly workspace: Workspace;
  readonly person: Person;
  readonly target: Target;
  readonly now: number;
};

/**
 * May this person agree to a reset that another one asked for? Only while that one still is what they were: they do not speak now,
 * so the groups they asked with are looked up. What somebody asked for who is no admin any more is void.
 */
export async function whyNotTogether(
  { stores, workspace, person, target, now }: Second,
  { id, askedBy, askedAt }: FactorReset,
): Promise<Refusal | null> {
  const { groups, unknown } = await groupsOfNow(stores, workspace, askedBy, askedAt, now);
  const mayAsk = (asker: Person): boolean => isAdminFor(workspace, asker, target);
  const isEnough = (asker: Person): boolean => mayAsk(asker) && coverAll(workspace, asker, person, target);
  const atBest = { ...askedBy, groups: [...groups, ...unknown] };
  if (isEnough({ ...askedBy, groups })) return null;
  if (isEnough(atBest)) return cannotTellNow(askedBy);
  if (!mayAsk(atBest)) {
    await stores.factorResets.markDone(id, now);
    return refusal('request_over', `${askedBy.name} may not ask for this any more, so it is void.`, `Ask for it: /mfa reset ${target.id}`);
  }
  const apps = concernedApps(workspace, target).map(({ name }) => name);
  return refusal(
    'not_allowed',
    `${askedBy.name} and you do not answer for all that ${target.name} may change: ${apps.join(', ')}.`,
    'Somebody who is owner or admin of the others has to agree.',
  );
}
