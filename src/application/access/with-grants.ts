import { ROLES, type Role } from '../../domain/permissions.ts';
import type { RoleGrant } from '../../ports/access-store.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { memberOf } from '../authorize.ts';

/** By the list of grants: both are asked for on every command, and change seldom. */
const made = new WeakMap<readonly RoleGrant[], WeakMap<Workspace, Workspace>>();

/**
 * The workspace in which these grants are in force, beside what `shipmate.yml` says and instead of whatever was given before. A role
 * that was given to somebody who is not under `people`, or in an app that is not there, counts for nothing. Policies, and with them
 * the policy's version, stay as they are. The same workspace with the same list is the same object again.
 */
export function withGrants(workspace: Workspace, grants: readonly RoleGrant[]): Workspace {
  const known = made.get(grants) ?? new WeakMap<Workspace, Workspace>();
  made.set(grants, known);
  const before = known.get(workspace);
  if (before !== undefined) return before;
  const apps = Object.entries(workspace.apps).map(([name, app]): [string, AppConfig] => {
    const own = grants.filter(({ app: granted, personId }) => granted === name && memberOf(workspace.people, personId) !== undefined);
    return [name, withRoles(app, own)];
  });
  const overlaid = { ...workspace, apps: Object.fromEntries(apps) };
  known.set(workspace, overlaid);
  return overlaid;
}

/** Those that hold at this moment. */
export function inForce(grants: readonly RoleGrant[], now: number): readonly RoleGrant[] {
  return grants.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}

/** Roles as `shipmate.yml` says them. */
export function configuredRoles(app: AppConfig): AppConfig['roles'] {
  return app.given?.configured ?? app.roles;
}

function withRoles(app: AppConfig, grants: readonly RoleGrant[]): AppConfig {
  const { given: _, ...bare } = app;
  const configured = configuredRoles(app);
  if (grants.length === 0) return { ...bare, roles: configured };
  const members = (role: Role): readonly string[] => {
    const added = grants.filter((grant) => grant.role === role).map(({ personId }) => personId);
    return [...new Set([...configured[role], ...added])];
  };
  const roles = Object.fromEntries(ROLES.map((role) => [role, members(role)])) as Record<Role, readonly string[]>;
  return { ...bare, roles, given: { configured, grants } };
}
