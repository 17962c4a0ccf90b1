import { describe, expect, it } from 'vitest';
import { ROLES } from '../../../src/domain/permissions.ts';
import { decideSecond, needsSecondOwner } from '../../../src/domain/role-change.ts';

describe('a change of a role', () => {
  it.each(ROLES.flatMap((role) => [true, false].map((isOwn) => [role, isOwn] as const)))('%s, own: %s', (role, isOwn) => {
    expect(needsSecondOwner({ role, isOwn })).toBe(role === 'owner' || isOwn);
  });
});

describe('the second owner', () => {
  const both = [true, false] as const;
  const all = both.flatMap((mayGrant) =>
    both.flatMap((mayBeAsker) =>
      both.flatMap((mayBeTarget) => both.map((hasOthers) => ({ mayGrant, mayBeAsker, mayBeTarget, hasOthers }) as const)),
    ),
  );
  const may = all.filter((facts) => decideSecond(facts) === 'may');

  it('may change roles, did not ask, and is whom it is about only when there is nobody else', () => {
    expect(all).toHaveLength(16);
    expect(may).toEqual([
      { mayGrant: true, mayBeAsker: false, mayBeTarget: true, hasOthers: false },
      { mayGrant: true, mayBeAsker: false, mayBeTarget: false, hasOthers: true },
      { mayGrant: true, mayBeAsker: false, mayBeTarget: false, hasOthers: false },
    ]);
  });

  it('is told why not', () => {
    const facts = { mayGrant: true, mayBeAsker: false, mayBeTarget: false, hasOthers: true };
    expect(decideSecond({ ...facts, mayGrant: false })).toBe('not_allowed');
    expect(decideSecond({ ...facts, mayBeAsker: true, hasOthers: false })).toBe('asked_for_it');
    expect(decideSecond({ ...facts, mayBeTarget: true })).toBe('is_about_them');
  });
});
