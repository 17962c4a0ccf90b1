import type { ApprovalPolicy, ApprovalRule } from '../../../src/domain/approval-policy.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { machinePerson } from '../../../src/domain/machine.ts';
import type { Role } from '../../../src/domain/permissions.ts';
import type { PersonConfig } from '../../../src/ports/workspace.ts';
import { aPolicy } from '../approval-builders.ts';

/**
 * Who plays: each is one human, except that the two at the end may be anybody as far as their accounts prove. `listed` is what
 * `shipmate.yml` says of them, `speaks` how they come in from a chat platform.
 */
export const CAST = {
  olga: { listed: { slack: 'T1/UOLGA' }, roles: ['owner'], isSecurity: true },
  bob: { listed: { slack: 'T1/UBOB' }, roles: ['owner'], isSecurity: false },
  adam: { listed: { slack: 'T1/UADAM', discord: '100000000000000001' }, roles: ['admin'], isSecurity: false },
  dana: { listed: { slack: 'T1/UDANA' }, roles: ['developer'], isSecurity: false },
  sara: { listed: {}, roles: [], isSecurity: true },
  vera: { listed: { slack: 'T1/UVERA' }, roles: ['viewer'], isSecurity: false },
  mallory: { listed: { slack: 'T1/UMAL' }, roles: [], isSecurity: false },
  /** Nobody in `shipmate.yml`; a member of Slack's group for security. */
  slackGuest: { account: { platform: 'slack', id: 'T1/UGUEST' }, group: 'slack-group:S0SEC', roles: [], isSecurity: true },
  /** The same on Discord, where of the others only Adam has an account. */
  discordGuest: {
    account: { platform: 'discord', id: '100000000000000009' },
    group: 'discord-role:100000000000000777',
    roles: [],
    isSecurity: true,
  },
} as const satisfies Readonly<Record<string, Member>>;

export type Name = keyof typeof CAST;
export const NAMES = Object.keys(CAST) as readonly Name[];

type Member = {
  readonly listed?: Readonly<Record<string, string>>;
  readonly account?: { readonly platform: string; readonly id: string };
  readonly group?: string;
  readonly roles: readonly Role[];
  readonly isSecurity: boolean;
};

export const memberOfCast = (name: Name): Member => CAST[name];
/** Listed people have an id of `shipmate.yml`; of guests the account is all that is known. One lab's people are no other's. */
export function idOf(name: Name, suffix: string): string {
  const { account } = memberOfCast(name);
  return account === undefined ? `${name}-${suffix}` : `${account.platform}:${account.id}${suffix}`;
}

/** As they speak, while their account is linked to nobody. */
export function personOf(name: Name, suffix: string): Person {
  const { account, group } = memberOfCast(name);
  const id = idOf(name, suffix);
  if (account === undefined || group === undefined) return { id, name };
  return { id, name, groups: [group], account: { ...account, id: `${account.id}${suffix}`, name } };
}

export function peopleOf(suffix: string): Readonly<Record<string, PersonConfig>> {
  const listed = NAMES.filter((name) => memberOfCast(name).listed !== undefined);
  return Object.fromEntries(
    listed.map((name) => {
      const identities = Object.entries(memberOfCast(name).listed ?? {}).map(([platform, account]) => [platform, `${account}${suffix}`]);
      return [idOf(name, suffix), { id: idOf(name, suffix), name, identities: Object.fromEntries(identities) }];
    }),
  );
}

/** By id where they are listed, by their platform's group otherwise. */
export function securityOf(suffix: string): readonly string[] {
  return NAMES.filter((name) => memberOfCast(name).isSecurity).map((name) => memberOfCast(name).group ?? idOf(name, suffix));
}

/** An API token that acts for somebody, with their roles. */
export function machineOf(name: Name, suffix: string): Person {
  return machinePerson('token', { id: idOf(name, suffix), name }, 'ci', 'CI');
}

export const MINUTE = 60_000;

/** Without a second factor and without anybody to turn to, unless a test says so. */
export function policyOf(rules: readonly ApprovalRule[], members: Partial<ApprovalPolicy> = {}): ApprovalPolicy {
  return aPolicy({ rules, secondFactor: false, escalateTo: [], ...members });
}
