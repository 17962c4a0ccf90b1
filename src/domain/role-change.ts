import type { Role } from './permissions.ts';

/** The role of an owner, and any role of one's own, is not changed by one person alone. */
export function needsSecondOwner({ role, isOwn }: { readonly role: Role; readonly isOwn: boolean }): boolean {
  return role === 'owner' || isOwn;
}

export type SecondFacts = {
  /** May they give and take away roles of this app, as things are now? */
  readonly mayGrant: boolean;
  readonly mayBeAsker: boolean;
  /** Whose role it is about. */
  readonly mayBeTarget: boolean;
  /** Is there an owner beside who asked and whom it is about? */
  readonly hasOthers: boolean;
};

export type SecondDecision = 'may' | 'not_allowed' | 'asked_for_it' | 'is_about_them';

/**
 * May this person be the second one who agrees? Never who asked. Whom it is about neither, as long as there is somebody else: with
 * only two owners, the one who is to lose the role has to agree, for one owner alone takes it from nobody.
 */
export function decideSecond({ mayGrant, mayBeAsker, mayBeTarget, hasOthers }: SecondFacts): SecondDecision {
  if (!mayGrant) return 'not_allowed';
  if (mayBeAsker) return 'asked_for_it';
  return mayBeTarget && hasOthers ? 'is_about_them' : 'may';
}
