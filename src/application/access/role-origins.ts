import type { HeldRole, RoleOrigin } from '../../domain/access-facts.ts';
import type { Person } from '../../domain/deployment.ts';
import { ROLES, type Role } from '../../domain/permissions.ts';
import type { AppConfig } from '../../ports/workspace.ts';
import { rolesOf } from '../authorize.ts';
import { configuredRoles } from './with-grants.ts';

/** The roles that `rolesOf` finds, each with where it comes from. */
export function heldRoles(app: AppConfig, person: Person): readonly HeldRole[] {
  return rolesOf(app, person).map((role) => ({ role, origins: originsOf(app, role, person) }));
}

function originsOf(app: AppConfig, role: Role, { id, groups = [] }: Person): readonly RoleOrigin[] {
  const members = configuredRoles(app)[role];
  const grants = app.given?.grants.filter((grant) => grant.role === role && grant.personId === id) ?? [];
  return [
    ...(members.includes(id) ? [{ from: 'file' } as const] : []),
    ...groups.filter((group) => members.includes(group)).map((group) => ({ from: 'group', group }) as const),
    ...grants.map(({ grantedBy, expiresAt }) => ({ from: 'chat', by: grantedBy, until: expiresAt }) as const),
  ];
}

/** Everybody whom `shipmate.yml` or the chat gave a role, by role; groups stand for whoever is in them. */
export function holdersOf(app: AppConfig): readonly { readonly role: Role; readonly members: readonly Holder[] }[] {
  const configured = configuredRoles(app);
  return ROLES.map((role) => {
    const fromFile = configured[role].map((member): Holder => ({ member, origin: { from: 'file' } }));
    const grants = app.given?.grants.filter((grant) => grant.role === role) ?? [];
    const fromChat = grants.map(
      ({ personId, grantedBy, expiresAt }): Holder => ({ member: personId, origin: { from: 'chat', by: grantedBy, until: expiresAt } }),
    );
    return { role, members: [...fromFile, ...fromChat] };
  });
}

type Holder = { readonly member: string; readonly origin: RoleOrigin };
