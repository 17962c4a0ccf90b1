import type { Person } from '../../domain/deployment.ts';
import { decideAccess, type Permission } from '../../domain/permissions.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { approvesSomewhere, eligibleFor } from '../approvals/approvers.ts';
import { memberOf, rolesOf } from '../authorize.ts';

/** Somebody whose factors others decide about, in their groups (in-their-groups.ts): these decide which apps are concerned. */
export type Target = Pick<Person, 'id' | 'name' | 'groups'>;

/** What changes an environment. */
const CHANGES: readonly Permission[] = ['deploy', 'rollback', 'secret', 'break_glass'];

/** Owner or admin of an app that is concerned. */
export function isAdminFor(workspace: Workspace, person: Person, target: Target): boolean {
  return isAdminOfSome(concernedApps(workspace, target), person);
}

function isAdminOfSome(apps: readonly AppConfig[], person: Person): boolean {
  return apps.some((app) => isAdminOf(app, person));
}

/** The two answer for every app that is concerned between them: admins of one app take nothing from an owner of another. */
export function coverAll(workspace: Workspace, one: Person, other: Person, target: Target): boolean {
  return concernedApps(workspace, target).every((app) => isAdminOf(app, one) || isAdminOf(app, other));
}

function isAdminOf(app: AppConfig, person: Person): boolean {
  return rolesOf(app, person).some((role) => role === 'owner' || role === 'admin');
}

/** Where the factor counts: apps that the target may change or approve for; without any of these, those they see; otherwise all. */
export function concernedApps(workspace: Workspace, target: Target): readonly AppConfig[] {
  const theirs = appsOf(workspace, target);
  return theirs.length > 0 ? theirs : Object.values(workspace.apps);
}

function appsOf(workspace: Workspace, target: Target): readonly AppConfig[] {
  const all = Object.values(workspace.apps);
  const matters = all.filter((app) => rolesOf(app, target).some((role) => role !== 'viewer') || approvesSomewhere(workspace, app, target));
  return matters.length > 0 ? matters : all.filter((app) => rolesOf(app, target).length > 0);
}

/**
 * May this person say that a factor is the target's? An owner or admin of an app where it does harm to what is protected; without
 * any, of an app that is theirs. For somebody who has none, no app is the related one: then whoever answers for all of them.
 */
export function mayVouchFor(workspace: Workspace, person: Person, target: Target): boolean {
  const matters = protectedApps(workspace, target);
  const apps = matters.length > 0 ? matters : appsOf(workspace, target);
  if (apps.length > 0) return isAdminOfSome(apps, person);
  const all = Object.values(workspace.apps);
  return all.length > 0 && all.every((app) => isAdminOf(app, person));
}

/** Apps with a protected environment that this person approves for or may change: there a stranger's factor does harm. */
export function protectedApps(workspace: Workspace, person: Target): readonly AppConfig[] {
  return Object.values(workspace.apps).filter((app) =>
    Object.keys(app.environments).some((name) => {
      const environment = memberOf(workspace.environments, name);
      if (environment === undefined || !environment.protected) return false;
      const roles = rolesOf(app, person);
      const mayChange = CHANGES.some((permission) => decideAccess({ roles, permission, environment }).allowed);
      return mayChange || eligibleFor(workspace, app, environment.approvals?.rules ?? [], person).length > 0;
    }),
  );
}

/** Those who are named: members of groups are known only while they speak. */
export function adminsFor(workspace: Workspace, target: Target): readonly Target[] {
  return adminsOf(workspace, concernedApps(workspace, target));
}

/** Those among them who are somebody else and may vouch. */
export function vouchersFor(workspace: Workspace, target: Target): readonly Target[] {
  return named(workspace).filter((person) => person.id !== target.id && mayVouchFor(workspace, person, target));
}

export function adminsOf(workspace: Workspace, apps: readonly AppConfig[]): readonly Target[] {
  return named(workspace).filter((person) => isAdminOfSome(apps, person));
}

function named({ people }: Workspace): readonly Target[] {
  return Object.values(people).map(({ id, name }) => ({ id, name }));
}

/** A person of shipmate.yml by id or name, or an account that is nobody (`slack:T…/U…`). */
export function findTarget({ people }: Workspace, typed: string): Target {
  const wanted = typed.trim().replace(/^@/, '');
  const named = Object.values(people).filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const found = memberOf(people, wanted) ?? (named.length === 1 ? named[0] : undefined);
  return { id: found?.id ?? wanted, name: found?.name ?? wanted };
}
