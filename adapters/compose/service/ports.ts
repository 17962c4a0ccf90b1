import type { PortSpec } from '../../../src/domain/service-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { checkSupport } from '../model/check-support.ts';
import { PORT } from '../model/support.ts';
import { present, readInteger, readText } from '../values/read.ts';
import { type Cursor, items, member, written } from '../yaml/tree.ts';

const SHORT_FORM =
  /^(?:(?<address>\[[0-9a-fA-F:.]+\]|\d+(?:\.\d+){3}):)?(?:(?<published>\d+(?:-\d+)?)?:)?(?<target>\d+(?:-\d+)?)(?:\/(?<protocol>[a-zA-Z]+))?$/;
const EVERY_ADDRESS = new Set(['0.0.0.0', '[::]', '::']);
const PORTS = { from: 1, to: 65_535 };
const MOST_PORTS = 1000;

/** Sorted by published port, target and protocol; each once. */
export function readPorts(cursor: Cursor | null, log: FindingLog): readonly PortSpec[] {
  const ports: PortSpec[] = [];
  for (const item of items(cursor)) {
    ports.push(...(item.tree.kind === 'map' ? readLongForm(item, log) : readShortForm(item, log)));
    if (ports.length <= MOST_PORTS) continue;
    log.refuse(item, `These are more than ${MOST_PORTS} ports.`, 'Publish fewer: one proxy can serve many services.');
    return [];
  }
  const unique = new Map(ports.map((port) => [`${port.published}:${port.target}/${port.protocol}/${port.mode}`, port]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.published ?? 0) - (b.published ?? 0) || a.target - b.target || (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0),
  );
}

function readLongForm(cursor: Cursor, log: FindingLog): readonly PortSpec[] {
  checkSupport(cursor, PORT, log);
  refuseAddress(member(cursor, 'host_ip'), readText(member(cursor, 'host_ip')), log);
  const published = member(cursor, 'published');
  if (readText(published)?.includes('-') === true && published !== null) {
    log.refuse(
      published,
      'A range would be published on any one of its ports.',
      'Name one port, or write the range in the short form: `8000-8002:8000-8002`.',
    );
    return [];
  }
  const target = member(cursor, 'target');
  if (target === null) {
    log.refuse(cursor, 'This port has no target.', 'Add `target:` with the port inside the container.');
    return [];
  }
  const targetPort = readInteger(target, log, PORTS);
  const protocol = readProtocol(readText(member(cursor, 'protocol')), member(cursor, 'protocol') ?? cursor, log);
  const mode = readMode(member(cursor, 'mode'), log);
  if (targetPort === undefined || protocol === null || mode === null) return [];
  const publishedPort = readText(published) === '0' ? undefined : readInteger(published, log, PORTS);
  return [{ target: targetPort, ...present({ published: publishedPort }), protocol, mode }];
}

function readMode(cursor: Cursor | null, log: FindingLog): PortSpec['mode'] | null {
  const text = readText(cursor);
  if (cursor === null || text === undefined || text === 'ingress') return 'ingress';
  if (text === 'host') return 'host';
  log.refuse(cursor, `${written(cursor)} is no way to publish a port.`, 'Write `ingress` or `host`.');
  return null;
}

function readShortForm(cursor: Cursor, log: FindingLog): readonly PortSpec[] {
  const match = SHORT_FORM.exec(readText(cursor)?.trim() ?? '')?.groups;
  const target = match?.['target'] === undefined ? null : readRange(match['target']);
  const published = match?.['published'] === undefined ? null : readRange(match['published']);
  if (match === undefined || target === null || (match['published'] !== undefined && published === null)) {
    log.refuse(
      cursor,
      `${written(cursor)} is not a port.`,
      'Write `"8080:80"`, `"80"`, `"8000-8002:9000-9002"` or `"53:53/udp"`; ports go from 1 to 65535.',
    );
    return [];
  }
  if (!refuseAddress(cursor, match['address'], log)) return [];
  const protocol = readProtocol(match['protocol'], cursor, log);
  if (protocol === null) return [];
  return expand(target, published, cursor, log).map((pair) => ({ ...pair, protocol, mode: 'ingress' }));
}

type PortRange = { readonly first: number; readonly length: number };

function readRange(text: string): PortRange | null {
  const [first = 0, last = first] = text.split('-').map(Number);
  return first >= 1 && last <= 65_535 && last >= first ? { first, length: last - first + 1 } : null;
}

/** Equal ranges pair up; one target may be published on a whole range. */
function expand(
  target: PortRange,
  published: PortRange | null,
  cursor: Cursor,
  log: FindingLog,
): readonly { target: number; published?: number }[] {
  if (Math.max(target.length, published?.length ?? 0) > MOST_PORTS) {
    log.refuse(cursor, `These are more than ${MOST_PORTS} ports.`, 'Publish fewer: one proxy can serve many services.');
    return [];
  }
  if (published === null) return Array.from({ length: target.length }, (_, index) => ({ target: target.first + index }));
  if (target.length !== 1 && target.length !== published.length) {
    log.refuse(cursor, `The ranges of ${written(cursor)} differ in length.`, 'Make both equally long.');
    return [];
  }
  return Array.from({ length: published.length }, (_, index) => ({
    target: target.length === 1 ? target.first : target.first + index,
    published: published.first + index,
  }));
}

function readProtocol(text: string | undefined, cursor: Cursor, log: FindingLog): PortSpec['protocol'] | null {
  const protocol = text?.toLowerCase() ?? 'tcp';
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp') return protocol;
  log.refuse(cursor, `${written(cursor)} names an unknown protocol.`, 'Write `tcp`, `udp` or `sctp`.');
  return null;
}

/** Publishing on every address what was meant for one would open it to the world. */
function refuseAddress(cursor: Cursor | null, address: string | undefined, log: FindingLog): boolean {
  if (cursor === null || address === undefined || EVERY_ADDRESS.has(address)) return true;
  log.refuse(
    cursor,
    'A Swarm publishes a port on every address of its nodes; it cannot keep it to one.',
    'Remove the address if the port may be public; otherwise do not publish it and use a network.',
  );
  return false;
}
