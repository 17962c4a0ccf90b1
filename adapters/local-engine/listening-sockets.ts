import { outputOf } from './host-command.ts';

/** `address` is `any`, or an IPv4 address; sockets of IPv6 alone are left out. */
export type ListeningSocket = { readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number };

/** The state column of https://docs.kernel.org/networking/proc_net_tcp.html: TCP_LISTEN, and what every unconnected UDP socket has. */
const LISTENING = { tcp: '0A', udp: '07' } as const;

/** What listens in the engine's network, the kernel's own sockets included; nothing where the kernel does not say (it is not Linux). */
export async function readListeningSockets(launcher: readonly string[]): Promise<readonly ListeningSocket[]> {
  const tables = (['tcp', 'udp'] as const).flatMap((protocol) => [
    { protocol, path: `/proc/net/${protocol}` },
    { protocol, path: `/proc/net/${protocol}6` },
  ]);
  const read = tables.map(async ({ protocol, path }) => parseSockets(protocol, (await outputOf([...launcher, 'cat', path])) ?? ''));
  return (await Promise.all(read)).flat();
}

export function parseSockets(protocol: 'tcp' | 'udp', table: string): readonly ListeningSocket[] {
  return [...table.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /gm)].flatMap(([, hex = '', port = '', state]) => {
    const address = addressOf(hex);
    return state === LISTENING[protocol] && address !== null ? [{ protocol, address, port: Number.parseInt(port, 16) }] : [];
  });
}

/** Words of 32 bits in the machine's order, which is little-endian wherever there are engines to start. */
function addressOf(hex: string): string | null {
  if (/^0+$/.test(hex)) return 'any';
  const word = hex.length === 8 ? hex : /^0{16}FFFF0000(.{8})$/.exec(hex)?.[1];
  return word === undefined ? null : [...Buffer.from(word, 'hex')].reverse().join('.');
}
