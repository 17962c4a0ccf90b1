import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { readInteger } from '../values/read.ts';
import { type Cursor, member, members } from '../yaml/tree.ts';

/** Sorted by name; -1 is without limit. */
export function readUlimits(cursor: Cursor | null, log: FindingLog): ServiceSpec['ulimits'] {
  const limits = members(cursor).flatMap(([name, value]) => {
    const isPair = value.tree.kind === 'map';
    const soft = readInteger(isPair ? member(value, 'soft') : value, log, { from: -1 });
    const hard = isPair ? readInteger(member(value, 'hard'), log, { from: -1 }) : soft;
    if (soft === undefined || hard === undefined) return [];
    if (hard !== -1 && soft > hard) log.refuse(value, 'The soft limit is above the hard one.', 'Lower it.');
    return [{ name, soft, hard }];
  });
  return limits.length === 0 ? undefined : limits.sort((a, b) => (a.name < b.name ? -1 : 1));
}
