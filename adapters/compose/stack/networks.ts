import type { NetworkSpec } from '../../../src/domain/stack-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { checkSupport } from '../model/check-support.ts';
import { IPAM, IPAM_CONFIG, NETWORK } from '../model/support.ts';
import { present, readBoolean, readText, readTextMap } from '../values/read.ts';
import { type Cursor, items, member } from '../yaml/tree.ts';
import { readExternalName } from './external.ts';

/** Networks of one machine: services on other machines would not reach each other. */
const LOCAL_DRIVERS = new Set(['bridge', 'host', 'none', 'null', 'ipvlan', 'macvlan']);

export function readNetwork(key: string, definition: Cursor | null, stack: string, log: FindingLog): NetworkSpec {
  const plain: NetworkSpec = {
    engineName: `${stack}_${key}`,
    external: false,
    driver: 'overlay',
    driverOptions: {},
    labels: {},
    attachable: false,
    internal: false,
  };
  if (definition === null) return plain;
  checkSupport(definition, NETWORK, log);
  const externalName = readExternalName(definition, key, log);
  if (externalName !== null) {
    if (LOCAL_DRIVERS.has(externalName))
      log.refuse(definition, "The host's own networks are not for services of a Swarm.", 'Use an overlay network.');
    return { ...plain, engineName: externalName, external: true };
  }
  const driver = readText(member(definition, 'driver')) ?? '';
  if (LOCAL_DRIVERS.has(driver)) {
    log.refuse(
      member(definition, 'driver') ?? definition,
      `A network of driver ${driver} exists on one machine only.`,
      'Remove `driver`: a Swarm uses overlay networks.',
    );
  }
  const ipv4 = member(definition, 'enable_ipv4');
  if (readBoolean(ipv4, log) === false && ipv4 !== null) log.refuse(ipv4, 'Overlay networks cannot do without IPv4.', 'Remove it.');
  return {
    engineName: readText(member(definition, 'name')) ?? plain.engineName,
    external: false,
    driver: driver === '' || driver === 'default' ? 'overlay' : driver,
    driverOptions: readTextMap(member(definition, 'driver_opts')),
    labels: readTextMap(member(definition, 'labels')),
    attachable: readBoolean(member(definition, 'attachable'), log) ?? false,
    internal: readBoolean(member(definition, 'internal'), log) ?? false,
    ...present({
      enableIPv6: readBoolean(member(definition, 'enable_ipv6'), log),
      ipam: readIpam(member(definition, 'ipam'), log),
    }),
  };
}

function readIpam(ipam: Cursor | null, log: FindingLog): NetworkSpec['ipam'] {
  if (ipam === null) return undefined;
  checkSupport(ipam, IPAM, log);
  const subnets = items(member(ipam, 'config')).map((item) => {
    checkSupport(item, IPAM_CONFIG, log);
    return present({
      subnet: readText(member(item, 'subnet')),
      gateway: readText(member(item, 'gateway')),
      ipRange: readText(member(item, 'ip_range')),
    });
  });
  return { ...present({ driver: readText(member(ipam, 'driver')) }), subnets };
}
