/**
 * Roles per app, what each may do. Deny by default: an action that no role names is nobody's. `incident` is held beside another
 * role by whoever is on call: it takes an environment back, and breaks the glass.
 */
export const ROLES = ['owner', 'admin', 'developer', 'viewer', 'incident'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'view',
  'logs',
  'plan',
  'deploy',
  'rollback',
  'cancel',
  'operate',
  'lock',
  'freeze',
  'secret',
  'audit',
  'grant',
  'break_glass',
  'review',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const VIEWER = ['view', 'plan'] as const;
const DEVELOPER = [...VIEWER, 'logs', 'deploy', 'rollback', 'cancel', 'lock'] as const;
const ADMIN = [...DEVELOPER, 'operate', 'freeze', 'secret', 'audit', 'review'] as const;

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [...ADMIN, 'grant'],
  admin: ADMIN,
  developer: DEVELOPER,
  viewer: VIEWER,
  incident: [...VIEWER, 'logs', 'rollback', 'cancel', 'lock', 'break_glass'],
};

export type AccessFacts = {
  readonly roles: readonly Role[];
  readonly permission: Permission;
  /** Set when the action changes an environment. */
  readonly environment: { readonly deployers: readonly Role[] } | null;
};

export type AccessDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'no_role' | 'role_lacks_permission' | 'environment_restricted' };

/** Facts in, decision out. */
export function decideAccess(facts: AccessFacts): AccessDecision {
  if (facts.roles.length === 0) return { allowed: false, reason: 'no_role' };
  const granting = facts.roles.filter((role) => GRANTS[role].includes(facts.permission));
  if (granting.length === 0) return { allowed: false, reason: 'role_lacks_permission' };
  const { environment } = facts;
  // Whoever is on call takes any environment back; to deploy there is not among what the role grants.
  if (environment !== null && !granting.some((role) => role === 'incident' || environment.deployers.includes(role))) {
    return { allowed: false, reason: 'environment_restricted' };
  }
  return { allowed: true };
}

/** The roles that may do something at all, for a hint whom to ask. */
export function rolesThatMay(permission: Permission): readonly Role[] {
  return ROLES.filter((role) => GRANTS[role].includes(permission));
}
