import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inForce, withGrants } from '../../../../src/application/access/with-grants.ts';
import { rolesOf } from '../../../../src/application/authorize.ts';
import { ROLES } from '../../../../src/domain/permissions.ts';
import type { RoleGrant } from '../../../../src/ports/access-store.ts';
import { anApp, aWorkspace } from '../../../support/builders.ts';

const PEOPLE = ['olga', 'adam', 'dana', 'vera'];
const workspace = aWorkspace({
  apps: { shop: anApp('shop'), blog: anApp('blog') },
  people: Object.fromEntries(PEOPLE.map((id) => [id, { id, name: id, identities: {} }])),
});

function aGrant(members: Partial<RoleGrant> = {}): RoleGrant {
  const grantedBy = { id: 'olga', name: 'Olga' };
  return { app: 'shop', personId: 'vera', role: 'developer', grantedBy, grantedAt: 1, expiresAt: null, ...members };
}

const roles = (in_: typeof workspace, app: string, id: string) => {
  const config = in_.apps[app];
  return config === undefined ? [] : rolesOf(config, { id, name: id });
};

const anyGrant = fc.record({
  app: fc.constantFrom('shop', 'blog', 'gone', 'constructor'),
  personId: fc.constantFrom(...PEOPLE, 'mallory', 'slack:T1/U1', 'toString'),
  role: fc.constantFrom(...ROLES),
  grantedBy: fc.constant({ id: 'olga', name: 'Olga' }),
  grantedAt: fc.constant(1),
  expiresAt: fc.option(fc.integer({ min: 0, max: 20 })),
});

describe('roles given in chat', () => {
  it('are held beside those of shipmate.yml, in their app alone', () => {
    const given = withGrants(workspace, [aGrant(), aGrant({ personId: 'dana', role: 'incident' })]);
    expect(roles(given, 'shop', 'vera')).toEqual(['developer', 'viewer']);
    expect(roles(given, 'shop', 'dana')).toEqual(['developer', 'incident']);
    expect(roles(given, 'blog', 'vera')).toEqual(['viewer']);
    expect(given.apps['blog']).toEqual(workspace.apps['blog']);
  });

  it('leave policies and their version as they are', () => {
    const given = withGrants(workspace, [aGrant({ role: 'owner' })]);
    expect(given.environments).toBe(workspace.environments);
    expect(given.environments).toBe(workspace.environments);
  });

  it('are exactly what is in the file and in the list, and never more', () => {
    fc.assert(
      fc.property(fc.array(anyGrant, { maxLength: 12 }), (grants) => {
        const given = withGrants(workspace, grants);
        for (const app of Object.keys(given.apps)) {
          for (const id of [...PEOPLE, 'mallory', 'slack:T1/U1', 'toString']) {
            const added = grants
              .filter((grant) => grant.app === app && grant.personId === id && PEOPLE.includes(id))
              .map(({ role }) => role);
            const expected = ROLES.filter((role) => roles(workspace, app, id).includes(role) || added.includes(role));
            expect(roles(given, app, id)).toEqual(expected);
          }
        }
        expect(Object.keys(given.apps)).toEqual(Object.keys(workspace.apps));
      }),
    );
  });

  it('replace what was given before, so that nothing taken away stays', () => {
    fc.assert(
      fc.property(fc.array(anyGrant, { maxLength: 8 }), fc.array(anyGrant, { maxLength: 8 }), (before, after) => {
        expect(withGrants(withGrants(workspace, before), after)).toEqual(withGrants(workspace, after));
      }),
    );
  });

  it('are the same object for the same list, since every command asks', () => {
    const grants = [aGrant()];
    expect(withGrants(workspace, grants)).toBe(withGrants(workspace, grants));
    expect(withGrants(workspace, [aGrant()])).not.toBe(withGrants(workspace, grants));
  });

  it('hold up to their end and not at it', () => {
    const grants = [aGrant({ expiresAt: 10 }), aGrant({ role: 'admin' })];
    expect(inForce(grants, 9)).toEqual(grants);
    expect(inForce(grants, 10)).toEqual([grants[1]]);
  });
});
