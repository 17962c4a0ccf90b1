import type { ListeningSocket } from './listening-sockets.ts';

/** Where a new swarm's node listens. Always a loopback address: nobody can join from outside until the operator chooses another one. */
export type SwarmAddress = { readonly address: string; readonly managementPort: number; readonly dataPort: number };

/** What every engine uses by itself: https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts */
export const USUAL_ADDRESS: SwarmAddress = { address: '127.0.0.1', managementPort: 2377, dataPort: 4789 };
/** Of the nodes' talk about networks. No setting moves it; it is bound on the advertised address. */
const GOSSIP_PORT = 7946;
/** Engines that share a machine; each takes a loopback address. */
const ADDRESSES = 16;
/** `DataPathPort` of POST /swarm/init: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Swarm/operation/SwarmInit */
const LAST_DATA_PORT = 49_151;

/**
 * The usual address and ports, or the next ones that are free when another engine on the machine has those. Another
 * loopback address comes first, because it also gives the gossip port a place; where something listens on all addresses
 * only the port can differ.
 */
export function chooseSwarmAddress(listening: readonly ListeningSocket[]): SwarmAddress {
  const isFree = (address: string, port: number, protocol: 'tcp' | 'udp'): boolean =>
    !listening.some((one) => one.protocol === protocol && one.port === port && (one.address === 'any' || one.address === address));
  const hasRoom = (address: string): boolean =>
    isFree(address, USUAL_ADDRESS.managementPort, 'tcp') && isFree(address, GOSSIP_PORT, 'tcp') && isFree(address, GOSSIP_PORT, 'udp');
  const addresses = Array.from({ length: ADDRESSES }, (_, index) => `127.0.0.${index + 1}`);
  const address = addresses.find(hasRoom) ?? USUAL_ADDRESS.address;
  const managementPort = firstFrom(USUAL_ADDRESS.managementPort, 65_535, (port) => isFree(address, port, 'tcp'));
  // A swarm opens its data port only with its first overlay network: one that listens already is going to want its own.
  const swarmsBefore = addresses.indexOf(address) + managementPort - USUAL_ADDRESS.managementPort;
  // The kernel binds it on every address, so a socket on any of them is in its way.
  const isFreeForData = (port: number): boolean => !listening.some((one) => one.protocol === 'udp' && one.port === port);
  return { address, managementPort, dataPort: firstFrom(USUAL_ADDRESS.dataPort + swarmsBefore, LAST_DATA_PORT, isFreeForData) };
}

export function isUsual({ address, managementPort, dataPort }: SwarmAddress): boolean {
  return address === USUAL_ADDRESS.address && managementPort === USUAL_ADDRESS.managementPort && dataPort === USUAL_ADDRESS.dataPort;
}

/** The last one when none is free: the engine then says what is in its way. */
function firstFrom(first: number, last: number, isFree: (port: number) => boolean): number {
  let port = first;
  while (port < last && !isFree(port)) port += 1;
  return port;
}
