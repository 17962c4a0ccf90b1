import type { FindingLog } from '../finding-log.ts';
import { type Cursor, isNull, members } from '../yaml/tree.ts';
import type { Support } from './support.ts';

/** Refuses and warns about the members of a mapping by their table. Members that say nothing, and `x-` keys, pass. */
export function checkSupport(cursor: Cursor | null, support: Support, log: FindingLog): void {
  for (const [name, value] of members(cursor)) {
    if (isNull(value.tree) || isOff(value)) continue;
    const refused = Object.hasOwn(support.refused, name) ? support.refused[name] : undefined;
    if (refused !== undefined) log.refuse(value, ...refused);
    const harmless = Object.hasOwn(support.harmless, name) ? support.harmless[name] : undefined;
    if (harmless !== undefined) log.warn(value, ...harmless);
  }
}

/** `privileged: false` and empty lists ask for nothing. */
function isOff({ tree }: Cursor): boolean {
  if (tree.kind === 'scalar') return tree.value === false || tree.value === '' || tree.value === 'false';
  return tree.kind === 'list' ? tree.items.length === 0 : tree.entries.size === 0;
}
