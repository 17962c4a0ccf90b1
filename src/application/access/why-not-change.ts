import type { WantedChange } from '../../domain/access-facts.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { RoleGrant } from '../../ports/access-store.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { memberOf } from '../authorize.ts';
import { configuredRoles } from './with-grants.ts';

export type ChangeFacts = {
  readonly workspace: Workspace;
  readonly app: AppConfig;
  /** All that hold now, also those that count for nothing because their person is gone. */
  readonly grants: readonly RoleGrant[];
  readonly now: number;
};

/** Null when it can be done. The same questions when it is asked for and when it is carried out. */
export function whyNotChange(facts: ChangeFacts, wanted: WantedChange): Refusal | null {
  const not = wanted.change === 'grant' ? whyNotGrant(facts, wanted) : whyNotRevoke(facts, wanted);
  return not ?? whyNotWithoutOwner(facts, wanted);
}

function whyNotGrant({ workspace, app, grants, now }: ChangeFacts, wanted: WantedChange): Refusal | null {
  const { personId, role, grantUntil } = wanted;
  if (memberOf(workspace.people, personId) === undefined) return unknownPerson(personId);
  if (configuredRoles(app)[role].includes(personId)) {
    return refusal('already_done', `${nameOf(workspace, personId)} is ${role} of ${app.name} by shipmate.yml already.`);
  }
  if (grantUntil !== null && grantUntil <= now) {
    return refusal('request_over', 'The time for which the role was asked is over.', 'Ask for it again.');
  }
  const held = grantOf(grants, wanted);
  if (held === null || held.expiresAt !== grantUntil) return null;
  return refusal('already_done', `${nameOf(workspace, personId)} is ${role} of ${app.name} already.`);
}

function whyNotRevoke({ workspace, app, grants }: ChangeFacts, wanted: WantedChange): Refusal | null {
  const { personId, role } = wanted;
  if (grantOf(grants, wanted) !== null) return null;
  const isKnown = memberOf(workspace.people, personId) !== undefined || grants.some((grant) => grant.personId === personId);
  if (!isKnown) return unknownPerson(personId);
  const name = nameOf(workspace, personId);
  if (configuredRoles(app)[role].includes(personId)) {
    return refusal('not_allowed', `${name} is ${role} of ${app.name} by shipmate.yml.`, 'That is changed in shipmate.yml, and not here.');
  }
  return refusal('already_done', `Nobody gave ${name} the role ${role} in ${app.name}.`, `/access ${app.name} shows who has which role.`);
}

/** A role that ends by itself is as good as gone, and so is one whose holder is not under `people` any more. */
function whyNotWithoutOwner({ workspace, app, grants }: ChangeFacts, { personId, role, change, grantUntil }: WantedChange): Refusal | null {
  const isLosing = role === 'owner' && (change === 'revoke' || grantUntil !== null);
  const lasting = (grant: RoleGrant): boolean =>
    grant.app === app.name &&
    grant.role === 'owner' &&
    grant.expiresAt === null &&
    grant.personId !== personId &&
    memberOf(workspace.people, grant.personId) !== undefined;
  if (!isLosing || configuredRoles(app).owner.length > 0 || grants.some(lasting)) return null;
  return refusal(
    'not_allowed',
    `${app.name} would be left without an owner.`,
    `Let somebody else be one first: /access ${app.name} grant <person> owner`,
  );
}

export function nameOf({ people }: Pick<Workspace, 'people'>, personId: string): string {
  return memberOf(people, personId)?.name ?? personId;
}

function grantOf(grants: readonly RoleGrant[], { app, personId, role }: WantedChange): RoleGrant | null {
  return grants.find((grant) => grant.app === app && grant.personId === personId && grant.role === role) ?? null;
}

function unknownPerson(typed: string): Refusal {
  return refusal(
    'unknown_person',
    `There is nobody called “${typed}” under people in shipmate.yml.`,
    'Roles are given to people listed there.',
  );
}
