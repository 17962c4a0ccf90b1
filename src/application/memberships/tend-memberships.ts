import { isGroup, platformOfGroup } from '../../domain/account.ts';
import { humanBehind } from '../../domain/machine.ts';
import type { Stores } from '../../ports/database.ts';
import type { Memberships } from '../../ports/memberships.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { accountsOf, findPerson } from '../find-person.ts';
import type { Parts } from '../parts.ts';

type TendParts = Pick<Parts, 'database' | 'workspace' | 'clock' | 'logger'>;

const EVERY_MS = 60_000;
const AT_ONCE = 100;

/**
 * Asks the platforms again, for everybody who asked for or agreed to something as a member of a group and while that has not started, or waits
 * for somebody else to agree: whoever was taken out of the group counts for nothing when it would. Who is in the groups of `shipmate.yml` is kept with it. It goes on until `signal`; who is not told of is asked about the next time.
 */
export async function tendMemberships(parts: TendParts, platforms: readonly Memberships[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readMemberships(parts, platforms);
    } catch (error) {
      parts.logger.warn({ error }, 'who is in the groups of the platforms could not be kept; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

/** One round, for {@link tendMemberships}. */
export async function readMemberships(parts: TendParts, platforms: readonly Memberships[]): Promise<void> {
  await readSpeakers(parts, platforms);
  await readGroups(parts, platforms);
}

/** Who is in the groups that `shipmate.yml` names, so that they can be told what they may decide about. */
async function readGroups(parts: TendParts, platforms: readonly Memberships[]): Promise<void> {
  for (const group of groupsIn(parts.workspace())) {
    const asked = parts.clock.now();
    const platform = platforms.find((one) => one.platform === platformOfGroup(group));
    const accounts = (await platform?.membersOf(group)) ?? null;
    if (platform === undefined || accounts === null) continue;
    const people = await Promise.all(
      accounts.map((account) => findPerson(parts, platform.platform, { id: account, name: account, groups: [group] })),
    );
    const ids = people.map(({ id }) => id);
    await parts.database.stores.memberships.saveMembers(group, [...new Set(ids)].sort(), asked);
  }
}

function groupsIn({ apps, groups, environments }: Workspace): readonly string[] {
  const named = [
    ...Object.values(apps).flatMap(({ roles }) => Object.values(roles).flat()),
    ...Object.values(groups).flat(),
    ...Object.values(environments).flatMap(({ approvals }) => [
      ...(approvals?.rules ?? []).flatMap(({ from }) => from),
      ...(approvals?.escalateTo ?? []),
    ]),
  ];
  return [...new Set(named.filter(isGroup))];
}

async function readSpeakers({ database, workspace, clock }: TendParts, platforms: readonly Memberships[]): Promise<void> {
  const { stores } = database;
  const { people } = workspace();
  for (const personId of await everybodyWhoSpoke(stores, clock.now())) {
    for (const { platform, account } of await accountsOf({ stores, people }, humanBehind(personId))) {
      const asked = clock.now();
      const groups = (await platforms.find((one) => one.platform === platform)?.groupsOf(account)) ?? null;
      if (groups !== null) await stores.memberships.save({ platform, account, groups, readAt: asked });
    }
  }
}

/** However many they are: whoever is left out of a round would soon count for nothing. */
async function everybodyWhoSpoke({ memberships }: Pick<Stores, 'memberships'>, now: number): Promise<readonly string[]> {
  const people: string[] = [];
  for (;;) {
    const page = await memberships.spoken({ after: people.at(-1) ?? null, limit: AT_ONCE, now });
    people.push(...page);
    if (page.length < AT_ONCE) return people;
  }
}
