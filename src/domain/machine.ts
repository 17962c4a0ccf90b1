import type { Person } from './deployment.ts';

/** A program that acts for somebody: an API token or a signed hook. */
export const MACHINE_KINDS = ['token', 'hook'] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

const MACHINE = /^(?:token|hook):([^/]+)\/(.+)$/;

/**
 * The person that a machine is in records: `token:ada/k3f9…`, `hook:ada/ci`. It has the roles that the human it acts for has by
 * name at that moment, and none of its own: whatever they lose, it loses.
 */
export function machinePerson(kind: MachineKind, human: Pick<Person, 'id' | 'name'>, id: string, name: string): Person {
  return { id: `${kind}:${human.id}/${id}`, name: `${name} (${kind} of ${human.name})`, groups: [human.id] };
}

/** Machines ask; they never agree to anything. */
export function isMachine(personId: string): boolean {
  return MACHINE.test(personId);
}

/** Who answers for this person: themselves, or the human that a machine acts for. What a machine asked for is not theirs to approve. */
export function humanBehind(personId: string): string {
  return MACHINE.exec(personId)?.[1] ?? personId;
}
