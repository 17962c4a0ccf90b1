import { isGroup } from '../../domain/account.ts';
import type { Agreed, ApprovalRequest, Vote } from '../../domain/approval.ts';
import type { ApprovalRule } from '../../domain/approval-policy.ts';
import type { Person } from '../../domain/deployment.ts';
import { humanBehind } from '../../domain/machine.ts';
import { ROLES, type Role } from '../../domain/permissions.ts';
import { mayBeSameHuman, type Party } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { memberOf, rolesOf } from '../authorize.ts';
import { accountsOf } from '../find-person.ts';
import { groupsOfNow } from '../memberships/groups-now.ts';

type Known = Pick<Workspace, 'apps' | 'people' | 'groups'>;

/** The rules that this person may count for, by their place in the list. */
export function eligibleFor(workspace: Known, app: AppConfig, rules: readonly ApprovalRule[], person: Person): readonly number[] {
  return rules.flatMap(({ from }, index) => (from.some((name) => belongsTo(workspace, app, name, person)) ? [index] : []));
}

/** May this person agree to the request? Also somebody without any role in the app. */
export function isApprover(workspace: Known, { app, policy }: Pick<ApprovalRequest, 'app' | 'policy'>, person: Person): boolean {
  const config = memberOf(workspace.apps, app);
  return config !== undefined && eligibleFor(workspace, config, policy.rules, person).length > 0;
}

/** Does this person agree to deployments of the app in some environment, by the policies as they are now? */
export function approvesSomewhere(workspace: Known & Pick<Workspace, 'environments'>, app: AppConfig, person: Person): boolean {
  return Object.keys(app.environments).some((name) => {
    const rules = memberOf(workspace.environments, name)?.approvals?.rules ?? [];
    return eligibleFor(workspace, app, rules, person).length > 0;
  });
}

/** A role of the app, a group of the workspace, a group of a platform, or the person. */
export function belongsTo({ groups }: Known, app: AppConfig, name: string, person: Person): boolean {
  if (isRole(name)) return rolesOf(app, person).includes(name);
  const members = memberOf(groups, name) ?? [name];
  return members.some((member) => member === person.id || (person.groups ?? []).includes(member));
}

/** The people of `shipmate.yml` behind these names; whoever belongs only by a group of a platform is not known by name. */
export function peopleBehind(workspace: Known, app: AppConfig, from: readonly string[]): readonly Person[] {
  return Object.values(workspace.people)
    .filter((person) => from.some((name) => belongsTo(workspace, app, name, person)))
    .map(({ id, name }) => ({ id, name }));
}

/** The platforms' groups whose members count, each once. */
export function platformGroupsOf({ groups }: Pick<Known, 'groups'>, app: AppConfig, from: readonly string[]): readonly string[] {
  const members = from.flatMap((name) => (isRole(name) ? app.roles[name] : (memberOf(groups, name) ?? [name])));
  return [...new Set(members.filter(isGroup))];
}

/** Can people count who are known only by their platform's group? */
export function hasPlatformGroup(workspace: Known, app: AppConfig, from: readonly string[]): boolean {
  return platformGroupsOf(workspace, app, from).length > 0;
}

/**
 * How those who agreed before count as things are `now`: by the roles of this moment, and those of the groups they spoke with that they are
 * still in. Who has turned out since to be who asked, or somebody who agreed before them (by `/link`), counts for nothing.
 */
export async function agreedNow(
  stores: Pick<Stores, 'identities' | 'memberships'>,
  workspace: Known,
  { app, policy, requester }: Pick<ApprovalRequest, 'app' | 'policy' | 'requester'>,
  votes: readonly Vote[],
  now: number,
): Promise<readonly Agreed[]> {
  const config = memberOf(workspace.apps, app);
  if (config === undefined) return [];
  const counted: Party[] = [await partyOf(stores, workspace, requester)];
  const agreed: Agreed[] = [];
  for (const { person, groups: spoken, at } of votes.filter(({ decision }) => decision === 'approve')) {
    const party = await partyOf(stores, workspace, person);
    const isSomebodyElse = !counted.some((other) => mayBeSameHuman(other, party));
    const { groups, unknown } = await groupsOfNow(stores, workspace, { ...person, groups: spoken }, at, now);
    const rules = isSomebodyElse ? eligibleFor(workspace, config, policy.rules, { ...person, groups }) : [];
    agreed.push({ personId: person.id, eligibleFor: rules, ...(unknown.length > 0 && rules.length === 0 && { isUnknown: true }) });
    if (rules.length > 0) counted.push(party);
  }
  return agreed;
}

/**
 * Somebody with all accounts that are known to be theirs, or were: whoever spoke from an account does not become another human by
 * `/unlink`. What `shipmate.yml` says now goes before.
 */
export async function partyOf(stores: Pick<Stores, 'identities'>, { people }: Pick<Workspace, 'people'>, person: Person): Promise<Party> {
  // What a machine asked for was asked for by whoever it acts for.
  const id = humanBehind(person.id);
  const accounts = await accountsOf({ stores, people }, id);
  const past = await stores.identities.pastAccountsOf(id);
  const isAnothers = ({ platform, account }: Party['accounts'][number]): boolean =>
    Object.values(people).some((other) => other.id !== id && memberOf(other.identities, platform) === account);
  const { account } = person;
  return {
    id,
    isListed: memberOf(people, id) !== undefined,
    accounts: [
      ...accounts,
      ...past.filter((one) => !isAnothers(one)),
      ...(account === undefined ? [] : [{ platform: account.platform, account: account.id }]),
    ],
  };
}

function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}
