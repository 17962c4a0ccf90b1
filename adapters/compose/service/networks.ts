import type { NetworkAttachment } from '../../../src/domain/service-spec.ts';
import { checkSupport } from '../model/check-support.ts';
import { SERVICE_NETWORK } from '../model/support.ts';
import { present, readTextItems, readTextMap, readTexts } from '../values/read.ts';
import { type Cursor, member, members, shown } from '../yaml/tree.ts';
import type { ServiceContext } from './context.ts';

export const DEFAULT_NETWORK = 'default';

/** Without `networks` a service joins `default`. Every attachment answers to the service name. Sorted by key. */
export function readAttachments(service: Cursor, name: string, context: ServiceContext): readonly NetworkAttachment[] {
  const cursor = member(service, 'networks');
  const named = cursor?.tree.kind === 'map' ? members(cursor) : readTextItems(cursor);
  const joined = [...new Map(named)];
  if (joined.length === 0) return [{ network: DEFAULT_NETWORK, aliases: [name] }];
  return joined
    .map(([network, at]) => {
      if (network !== DEFAULT_NETWORK && !context.defined.networks.has(network)) {
        context.log.refuse(at, `There is no network ${shown(network, at)}.`, 'Add it under the top-level `networks`.');
      }
      checkSupport(at, SERVICE_NETWORK, context.log);
      const options = member(at, 'driver_opts');
      const aliases = [...new Set([...readTexts(member(at, 'aliases')), name])];
      return { network, aliases, ...present({ driverOptions: options === null ? undefined : readTextMap(options) }) };
    })
    .sort((a, b) => (a.network < b.network ? -1 : 1));
}
