import type { FindingLog } from '../finding-log.ts';
import { readBoolean, readText } from '../values/read.ts';
import { type Cursor, member, members } from '../yaml/tree.ts';

/** The engine's name of an external object (`external: true`, or the older `external: {name: …}`); null when it is not external. */
export function readExternalName(definition: Cursor, key: string, log: FindingLog): string | null {
  const external = member(definition, 'external');
  if (external === null) return null;
  const name = readText(member(definition, 'name'));
  const isExternal = external.tree.kind === 'map' ? true : readBoolean(external, log) === true;
  if (!isExternal) return null;
  for (const [member, value] of members(definition)) {
    if (member === 'external' || member === 'name' || member.startsWith('x-')) continue;
    log.refuse(
      value,
      'This object is external: it is used as it is, so nothing about it can be set here.',
      'Remove this key, or `external`.',
    );
  }
  return name ?? readText(member(external, 'name')) ?? key;
}
