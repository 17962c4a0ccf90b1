import type { Seconds } from '../../domain/access-facts.ts';
import type { Person } from '../../domain/deployment.ts';
import { decideAccess } from '../../domain/permissions.ts';
import { decideSecond, type SecondDecision } from '../../domain/role-change.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { RoleChange } from '../../ports/access-store.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { hasPlatformGroup, partyOf } from '../approvals/approvers.ts';
import { memberOf, rolesOf } from '../authorize.ts';

type Concerned = Pick<RoleChange, 'askedBy' | 'personId'>;

export function mayGrant(app: AppConfig, person: Person): boolean {
  return decideAccess({ roles: rolesOf(app, person), permission: 'grant', environment: null }).allowed;
}

/** People of `shipmate.yml` who change roles; who may only by a group of a platform is not known by name. */
export function ownersOf({ people }: Workspace, app: AppConfig): readonly Person[] {
  return Object.values(people)
    .map(({ id, name }) => ({ id, name }))
    .filter((person) => mayGrant(app, person));
}

/** Who may be the second one, by name. */
export function secondsFor(workspace: Workspace, app: AppConfig, { askedBy, personId }: Concerned): Seconds {
  const { others, hasUnknown } = othersBeside(workspace, app, { askedBy, personId });
  if (others.length > 0 || hasUnknown) return { people: others, hasUnknown };
  return { people: ownersOf(workspace, app).filter(({ id }) => id !== askedBy.id), hasUnknown };
}

/** May this person be the one who agrees to what another one asked for? */
export async function decideSecondOwner(
  stores: Stores,
  workspace: Workspace,
  app: AppConfig,
  change: Concerned,
  person: Person,
): Promise<SecondDecision> {
  const [me, asker] = [await partyOf(stores, workspace, person), await partyOf(stores, workspace, change.askedBy)];
  const { others, hasUnknown } = othersBeside(workspace, app, change);
  return decideSecond({
    mayGrant: mayGrant(app, person),
    mayBeAsker: mayBeSameHuman(me, asker),
    mayBeTarget: await mayBeAbout(stores, workspace, person, change.personId),
    hasOthers: others.length > 0 || hasUnknown,
  });
}

/** May this person be the one whose role it is? Whoever left `shipmate.yml` has no accounts to compare, and gains nothing either. */
export async function mayBeAbout(stores: Stores, workspace: Workspace, person: Person, personId: string): Promise<boolean> {
  const target = memberOf(workspace.people, personId);
  if (target === undefined) return person.id === personId;
  return mayBeSameHuman(await partyOf(stores, workspace, person), await partyOf(stores, workspace, { id: target.id, name: target.name }));
}

function othersBeside(workspace: Workspace, app: AppConfig, { askedBy, personId }: Concerned) {
  return {
    others: ownersOf(workspace, app).filter(({ id }) => id !== askedBy.id && id !== personId),
    hasUnknown: hasPlatformGroup(workspace, app, ['owner']),
  };
}
