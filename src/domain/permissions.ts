/** Roles per app, what each may do. Deny by default: an action that no role names is nobody's. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = ['view', 'logs', 'plan', 'deploy', 'rollback', 'cancel', 'operate'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: ['view', 'logs', 'plan', 'deploy', 'rollback', 'cancel', 'operate'],
  admin: ['view', 'logs', 'plan', 'deploy', 'rollback', 'cancel', 'operate'],
  developer: ['view', 'logs', 'plan', 'deploy', 'rollback', 'cancel'],
  viewer: ['view', 'plan'],
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
  if (environment !== null && !granting.some((role) => environment.deployers.includes(role))) {
    return { allowed: false, reason: 'environment_restricted' };
  }
  return { allowed: true };
}
