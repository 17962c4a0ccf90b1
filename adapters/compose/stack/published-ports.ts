import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { type Cursor, member } from '../yaml/tree.ts';

/** A port of the ingress network belongs to one service: the engine would refuse the second one in the middle of a deployment. */
export function checkPublishedPorts(
  services: ReadonlyMap<string, ServiceSpec>,
  places: ReadonlyMap<string, Cursor>,
  log: FindingLog,
): void {
  const owners = new Map<string, string>();
  for (const [name, { ports }] of services) {
    for (const { published, protocol, mode } of ports) {
      if (published === undefined || mode !== 'ingress') continue;
      const port = `${published}/${protocol}`;
      const owner = owners.get(port);
      const at = member(places.get(name) ?? null, 'ports');
      if (owner !== undefined && at !== null) {
        const whose = owner === name ? 'twice' : `by "${owner}" too`;
        log.refuse(at, `The port ${port} is published ${whose}.`, 'Publish it once, or put a proxy in front of both.');
      }
      owners.set(port, name);
    }
  }
}
