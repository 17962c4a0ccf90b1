import type { ApprovalRule } from './approval-policy.ts';
import type { Person } from './deployment.ts';
import type { AccessDecision, Permission, Role } from './permissions.ts';

/** Where a role comes from; several may give the same one. */
export type RoleOrigin =
  | { readonly from: 'file' }
  | { readonly from: 'group'; readonly group: string }
  | { readonly from: 'chat'; readonly by: Person; readonly until: number | null };

export type HeldRole = { readonly role: Role; readonly origins: readonly RoleOrigin[] };

/** What is to be changed about somebody's role in an app. */
export type WantedChange = {
  readonly app: string;
  readonly personId: string;
  readonly role: Role;
  readonly change: 'grant' | 'revoke';
  /** Of a grant: when it ends; null until it is taken away. */
  readonly grantUntil: number | null;
};

/** Who may be the second one who agrees, by name; whether there may be others whom only their platform knows. */
export type Seconds = { readonly people: readonly Person[]; readonly hasUnknown: boolean };

/** What came of a change; `name` is whose role it is about. */
export type ChangedAccess = { readonly wanted: WantedChange; readonly name: string } & (
  | { readonly outcome: 'done' | 'refused' | 'withdrawn' }
  /** Another owner has to agree; these may, and were told. */
  | { readonly outcome: 'asked'; readonly id: string; readonly seconds: Seconds; readonly expiresAt: number }
);

/** Who has which role in an app, and what waits for a second owner. */
export type AppAccess = {
  readonly app: string;
  readonly roles: readonly { readonly role: Role; readonly members: readonly Holder[] }[];
  /** Roles given to people who are not in `shipmate.yml` any more: they count for nothing until they are back there. */
  readonly void: readonly { readonly personId: string; readonly role: Role }[];
  readonly open: readonly OpenChange[];
  readonly mayChange: boolean;
};

/** A person, or a group of a platform that stands for whoever is in it. */
export type Holder = { readonly member: string; readonly name: string; readonly origin: RoleOrigin };

export type OpenChange = {
  readonly change: WantedChange & { readonly id: string; readonly askedBy: Person; readonly expiresAt: number };
  readonly name: string;
  readonly seconds: Seconds;
  readonly mayAgree: boolean;
  readonly isMine: boolean;
};

/** May they, and if not: why, and who may, by name. */
export type Answer = { readonly permission: Permission; readonly decision: AccessDecision; readonly ask: readonly string[] };

export type EnvironmentAccess = {
  readonly environment: string;
  readonly answers: readonly Answer[];
  /** What a protected environment asks for before it changes; null where nobody has to agree. */
  readonly approval: {
    readonly rules: readonly ApprovalRule[];
    /** Does this person count for one of the rules? */
    readonly counts: boolean;
    /** Who else does, by name. */
    readonly ask: readonly string[];
    /** Going back to the last good revision asks nobody, for this person. */
    readonly rollsBackFreely: boolean;
  } | null;
};

/** What one person may do with an app, and why. */
export type AppExplanation = {
  readonly app: string;
  readonly roles: readonly HeldRole[];
  /** What is the same in every environment. */
  readonly everywhere: readonly Answer[];
  readonly environments: readonly EnvironmentAccess[];
};
