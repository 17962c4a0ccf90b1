import type { AppAccess } from '../../domain/access-facts.ts';
import type { Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { authorize, memberOf, visibleApps } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { decideSecondOwner, mayGrant, secondsFor } from './owners.ts';
import { holdersOf } from './role-origins.ts';
import { nameOf } from './why-not-change.ts';
import { withGrants } from './with-grants.ts';

/** `/access <app>`, for whoever may see the app: as the database says it now. */
export async function showAccess(parts: Parts, { person, app }: { person: Person; app: string }): Promise<AppAccess | Refusal> {
  const { stores } = parts.database;
  const now = parts.clock.now();
  const grants = await stores.access.grants(now);
  const workspace = withGrants(parts.workspace(), grants);
  const access = authorize(workspace, { person, app, environment: null, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const config = access.app;
  const open = (await stores.access.openChanges(app, now)).map(async (change) => ({
    change,
    name: nameOf(workspace, change.personId),
    seconds: secondsFor(workspace, config, change),
    mayAgree: (await decideSecondOwner(stores, workspace, config, change, person)) === 'may',
    isMine: change.askedBy.id === person.id,
  }));
  return {
    app,
    roles: holdersOf(config).map(({ role, members }) => ({
      role,
      members: members.map((holder) => ({ ...holder, name: nameOf(workspace, holder.member) })),
    })),
    void: grants.filter((grant) => grant.app === app && memberOf(workspace.people, grant.personId) === undefined),
    open: await Promise.all(open),
    mayChange: mayGrant(config, person),
  };
}

/** Whom a role can be given to, for completion and near misses; only for whoever sees an app at all. */
export function suggestPeople(parts: Parts, person: Person): readonly Person[] {
  const workspace = parts.workspace();
  if (visibleApps(workspace, person).length === 0) return [];
  return Object.values(workspace.people).map(({ id, name }) => ({ id, name }));
}
