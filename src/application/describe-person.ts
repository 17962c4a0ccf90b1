import type { Person } from '../domain/deployment.ts';
import { memberOf, rolesOf } from './authorize.ts';
import type { Parts } from './parts.ts';
import type { PersonDescription } from './use-cases.ts';

/** `/whoami`: who Shipmate takes somebody for, and what that is worth. */
export async function describePerson(parts: Parts, { person }: { person: Person }): Promise<PersonDescription> {
  const workspace = parts.workspace();
  const configured = memberOf(workspace.people, person.id);
  const linked = await parts.database.stores.identities.accountsOf(person.id);
  const accounts = [
    ...Object.entries(configured?.identities ?? {}).map(([platform, account]) => ({ platform, account })),
    ...linked.map(({ platform, account }) => ({ platform, account })),
    ...(person.account === undefined ? [] : [{ platform: person.account.platform, account: person.account.id }]),
  ];
  const isFirst = (one: (typeof accounts)[number], index: number): boolean =>
    accounts.findIndex((other) => other.platform === one.platform && other.account === one.account) === index;
  return {
    id: person.id,
    name: configured?.name ?? person.name,
    isKnown: configured !== undefined,
    accounts: accounts.filter(isFirst),
    groups: person.groups ?? [],
    roles: Object.values(workspace.apps).flatMap((app) => {
      const roles = rolesOf(app, person);
      return roles.length === 0 ? [] : [{ app: app.name, roles }];
    }),
  };
}
