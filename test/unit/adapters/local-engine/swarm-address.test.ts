import { describe, expect, it } from 'vitest';
import { type ListeningSocket, parseSockets } from '../../../../adapters/local-engine/listening-sockets.ts';
import { chooseSwarmAddress, isUsual, USUAL_ADDRESS } from '../../../../adapters/local-engine/swarm-address.ts';

const tcp = (address: string, port: number): ListeningSocket => ({ protocol: 'tcp', address, port });
const udp = (address: string, port: number): ListeningSocket => ({ protocol: 'udp', address, port });
/** What the kernel shows of an engine that manages a swarm on an address; the data port only once there are overlay networks. */
const swarmOn = (address: string, port = 2377): readonly ListeningSocket[] => [tcp(address, port), tcp(address, 7946), udp(address, 7946)];

describe('chooseSwarmAddress', () => {
  it.each([
    ['nothing listens', [], { address: '127.0.0.1', managementPort: 2377, dataPort: 4789 }],
    ['other programs listen', [tcp('any', 80), udp('any', 53)], { address: '127.0.0.1', managementPort: 2377, dataPort: 4789 }],
    ['a port is taken for another protocol', [udp('any', 2377), tcp('any', 4789)], { ...USUAL_ADDRESS }],
    ['another network card has a swarm', swarmOn('10.0.0.7'), { ...USUAL_ADDRESS }],
    ['there is a swarm on the usual address', swarmOn('127.0.0.1'), { address: '127.0.0.2', managementPort: 2377, dataPort: 4790 }],
    [
      'there is a swarm with networks on the usual address',
      [...swarmOn('127.0.0.1'), udp('any', 4789)],
      { address: '127.0.0.2', managementPort: 2377, dataPort: 4790 },
    ],
    [
      'there are two swarms',
      [...swarmOn('127.0.0.1'), udp('any', 4789), ...swarmOn('127.0.0.2'), udp('any', 4790)],
      { address: '127.0.0.3', managementPort: 2377, dataPort: 4791 },
    ],
    ['only the gossip port is taken', [udp('127.0.0.1', 7946)], { address: '127.0.0.2', managementPort: 2377, dataPort: 4790 }],
    [
      'a swarm listens on all addresses',
      [...swarmOn('any'), udp('any', 4789)],
      { address: '127.0.0.1', managementPort: 2378, dataPort: 4790 },
    ],
    ['only the data port is taken', [udp('any', 4789), udp('10.0.0.7', 4790)], { ...USUAL_ADDRESS, dataPort: 4791 }],
  ])('when %s', (_what, listening, chosen) => {
    expect(chooseSwarmAddress(listening)).toEqual(chosen);
    expect(isUsual(chooseSwarmAddress(listening))).toBe(JSON.stringify(chosen) === JSON.stringify(USUAL_ADDRESS));
  });
});

describe('parseSockets', () => {
  it('reads what listens, not what is connected', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0949 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1095186 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F0A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1095187 1 0000000000000000 100 0 0 10 0
   2: 0100007F:B509 0100007F:0949 01 00000000:00000000 00:00000000 00000000     0        0 1095188 1 0000000000000000 20 4 30 10 -1
`;
    expect(parseSockets('tcp', table)).toEqual([tcp('127.0.0.1', 2377), tcp('any', 7946)]);
  });

  it('reads the kernel’s own data port', () => {
    const table =
      ' 7443: 00000000:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1096037 2 0000000000000000 0\n';
    expect(parseSockets('udp', table)).toEqual([udp('any', 4789)]);
  });

  it('takes an IPv6 socket for one on all addresses or on the IPv4 address inside it, and leaves others out', () => {
    const line = (address: string) => `   0: ${address}:0949 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 0\n`;
    const table = [
      '00000000000000000000000000000000',
      '0000000000000000FFFF00000200007F',
      '00000000000000000000000001000000',
      '000080FE00000000FF005450DEADBEEF',
    ].map(line);
    expect(parseSockets('tcp', table.join(''))).toEqual([tcp('any', 2377), tcp('127.0.0.2', 2377)]);
  });
});
