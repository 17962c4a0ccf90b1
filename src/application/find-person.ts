import { strangerId } from '../domain/account.ts';
import type { Person } from '../domain/deployment.ts';
import type { Stores } from '../ports/database.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { Parts } from './parts.ts';

type Account = { readonly id: string; readonly name: string; readonly groups: readonly string[] };

/**
 * Who speaks when this account speaks: the person it is listed for in `shipmate.yml`, the one it was linked to by `/link`, or
 * else a stranger, who may do what their groups may. A link to somebody who left the workspace is worth nothing.
 */
export async function findPerson(
  { database, workspace }: Pick<Parts, 'database' | 'workspace'>,
  platform: string,
  { id, name, groups }: Account,
): Promise<Person> {
  const { people } = workspace();
  const now = { groups, account: { platform, id, name } };
  const configured = Object.values(people).find(({ identities }) => Object.hasOwn(identities, platform) && identities[platform] === id);
  if (configured !== undefined) return { id: configured.id, name: configured.name, ...now };
  const linkedTo = await database.stores.identities.personOf(platform, id);
  if (linkedTo === null) return { id: strangerId(platform, id), name, ...now };
  const linked = Object.hasOwn(people, linkedTo) ? people[linkedTo] : undefined;
  if (linked !== undefined) return { id: linked.id, name: linked.name, ...now };
  // Linked to an account that is nobody itself: one stranger with two accounts.
  return { id: linkedTo.includes(':') ? linkedTo : strangerId(platform, id), name, ...now };
}

/** Where a person can be reached on a platform; null when they have no account there. */
export async function accountsOnPlatform(
  { database, workspace }: Pick<Parts, 'database' | 'workspace'>,
  platform: string,
  personId: string,
): Promise<readonly string[]> {
  const all = await accountsOf({ stores: database.stores, people: workspace().people }, personId);
  return all.filter((account) => account.platform === platform).map(({ account }) => account);
}

/** Every account that is this person: their own one, those of `shipmate.yml`, those linked by `/link`; each once. */
export async function accountsOf(
  { stores, people }: { readonly stores: Pick<Stores, 'identities'>; readonly people: Workspace['people'] },
  personId: string,
): Promise<readonly { readonly platform: string; readonly account: string }[]> {
  const configured = Object.hasOwn(people, personId) ? (people[personId]?.identities ?? {}) : {};
  const [platform = '', ...own] = personId.split(':');
  const linked = await stores.identities.accountsOf(personId);
  const all = [
    ...Object.entries(configured).map(([name, account]) => ({ platform: name, account })),
    ...(own.length === 0 ? [] : [{ platform, account: own.join(':') }]),
    ...linked.map((account) => ({ platform: account.platform, account: account.account })),
  ];
  return all.filter((one, index) => all.findIndex((other) => other.platform === one.platform && other.account === one.account) === index);
}
