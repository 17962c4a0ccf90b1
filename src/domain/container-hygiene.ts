import type { ServiceSpec } from './service-spec.ts';
import type { StackSpec } from './stack-spec.ts';

/** What a service leaves as its image has it, and the words of a Compose file that change it. */
const HABITS: readonly { readonly leaves: (service: ServiceSpec) => boolean; readonly how: string; readonly remedy: string }[] = [
  { leaves: ({ user }) => user === undefined, how: 'as their image’s user', remedy: 'user' },
  { leaves: ({ readOnly }) => readOnly !== true, how: 'with a writable root', remedy: 'read_only' },
  { leaves: ({ capDrop = [] }) => capDrop.length === 0, how: 'with the default capabilities', remedy: 'cap_drop' },
];
const NAMED = 3;

/**
 * One note at most about containers that may do more than they need (requirement: non-root, read-only root, dropped
 * capabilities); none where the operator says that root is fine. Advice, so it stops nothing.
 */
export function hygieneNotes(spec: Pick<StackSpec, 'services'>, policy: { readonly allowRootUser: boolean }): readonly string[] {
  if (policy.allowRootUser) return [];
  const services = Object.values(spec.services);
  const remedies: string[] = [];
  const byServices = new Map<string, string[]>();
  for (const { leaves, how, remedy } of HABITS) {
    const concerned = services.filter(leaves).map(({ name }) => name);
    if (concerned.length === 0) continue;
    const who = describe(concerned.sort(), services.length);
    byServices.set(who, [...(byServices.get(who) ?? []), how]);
    remedies.push(`\`${remedy}\``);
  }
  if (remedies.length === 0) return [];
  const found = [...byServices].map(([who, hows]) => `${who} ${join(hows)}`);
  return [`Containers may do more than they need: ${found.join('; ')}. Consider ${join(remedies)}.`];
}

function describe(names: readonly string[], all: number): string {
  if (names.length === all && all > 1) return 'all run';
  const shown = names.length > NAMED + 1 ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names;
  return `${join(shown)} ${names.length === 1 ? 'runs' : 'run'}`;
}

function join(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
