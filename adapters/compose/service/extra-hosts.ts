import { isIP } from 'node:net';
import type { FindingLog } from '../finding-log.ts';
import { readText, readTextItems } from '../values/read.ts';
import { type Cursor, members, written } from '../yaml/tree.ts';

type ExtraHost = { readonly host: string; readonly address: string };

/** A list keeps its order; a mapping is sorted by host, as Docker does. */
export function readExtraHosts(cursor: Cursor | null, log: FindingLog): readonly ExtraHost[] {
  if (cursor?.tree.kind === 'map') {
    const hosts = members(cursor).flatMap(([host, value]) =>
      readTextItems(value).flatMap(([address, at]) => check(host, address, at, log)),
    );
    return hosts.sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0));
  }
  return readTextItems(cursor).flatMap(([line, at]) => {
    const separator = line.includes('=') ? '=' : ':';
    const position = line.indexOf(separator);
    if (position > 0) return check(line.slice(0, position), line.slice(position + 1), at, log);
    log.refuse(at, `${written(at)} is not a host and its address.`, 'Write `name=10.0.0.1`.');
    return [];
  });
}

function check(host: string, text: string, at: Cursor, log: FindingLog): readonly ExtraHost[] {
  const address = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && readText(at) !== undefined) return [{ host: host.trim(), address }];
  const isGateway = address === 'host-gateway';
  log.refuse(
    at,
    isGateway ? 'A Swarm has no single host that `host-gateway` could mean.' : `${written(at)} has no address.`,
    'Write an IP address: `name=10.0.0.1`.',
  );
  return [];
}
