import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessFacts,
  decideAccess,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  rolesThatMay,
} from '../../../src/domain/permissions.ts';

/** By hand: who may what where nothing is restricted. */
const MAY: Readonly<Record<Permission, readonly Role[]>> = {
  view: ['owner', 'admin', 'developer', 'viewer', 'incident'],
  plan: ['owner', 'admin', 'developer', 'viewer', 'incident'],
  logs: ['owner', 'admin', 'developer', 'incident'],
  deploy: ['owner', 'admin', 'developer'],
  rollback: ['owner', 'admin', 'developer', 'incident'],
  cancel: ['owner', 'admin', 'developer', 'incident'],
  operate: ['owner', 'admin'],
  lock: ['owner', 'admin', 'developer', 'incident'],
  freeze: ['owner', 'admin'],
  secret: ['owner', 'admin'],
  audit: ['owner', 'admin'],
  grant: ['owner'],
  break_glass: ['incident'],
  review: ['owner', 'admin'],
};

const DEPLOYERS: readonly (readonly Role[])[] = [[], ['owner'], ['owner', 'admin'], ['developer'], [...ROLES]];
const EVERY = ROLES.flatMap((role) =>
  PERMISSIONS.flatMap((permission) => [null, ...DEPLOYERS].map((deployers) => ({ role, permission, deployers }))),
);

function facts(roles: readonly Role[], permission: Permission, deployers: readonly Role[] | null): AccessFacts {
  return { roles, permission, environment: deployers === null ? null : { deployers } };
}

describe('decideAccess', () => {
  it.each(EVERY)('$role, $permission, deployers $deployers', ({ role, permission, deployers }) => {
    const decision = decideAccess(facts([role], permission, deployers));
    if (!MAY[permission].includes(role)) expect(decision).toEqual({ allowed: false, reason: 'role_lacks_permission' });
    else if (deployers !== null && role !== 'incident' && !deployers.includes(role))
      expect(decision).toEqual({ allowed: false, reason: 'environment_restricted' });
    else expect(decision).toEqual({ allowed: true });
  });

  it.each(PERMISSIONS)('knows who may %s', (permission) => {
    expect(rolesThatMay(permission)).toEqual(MAY[permission]);
  });

  it.each(PERMISSIONS)('denies %s to a person without a role', (permission) => {
    expect(decideAccess(facts([], permission, [...ROLES]))).toEqual({ allowed: false, reason: 'no_role' });
  });

  it('does not let a role that may not deploy lend its name to one that is no deployer here', () => {
    expect(decideAccess(facts(['developer', 'viewer'], 'deploy', ['viewer']))).toEqual({
      allowed: false,
      reason: 'environment_restricted',
    });
  });

  it('never takes away by another role what one role allows', () => {
    const roles = fc.subarray([...ROLES]);
    fc.assert(
      fc.property(roles, roles, fc.constantFrom(...PERMISSIONS), fc.option(roles), (some, more, permission, deployers) => {
        const alone = decideAccess(facts(some, permission, deployers));
        const together = decideAccess(facts([...new Set([...some, ...more])], permission, deployers));
        expect(!alone.allowed || together.allowed).toBe(true);
      }),
    );
  });
});
