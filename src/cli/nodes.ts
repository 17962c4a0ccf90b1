import { connectDocker } from '../../adapters/swarm/docker-connection.ts';
import { SwarmCluster } from '../../adapters/swarm/swarm-cluster.ts';
import type { ClusterNode } from '../ports/orchestrator.ts';
import { readSettings } from './start.ts';
import { StartRefused } from './start-refused.ts';

function cluster(): SwarmCluster {
  const { host, tlsVerify, certPath } = readSettings().docker;
  return new SwarmCluster({ docker: connectDocker(host ?? undefined, { tlsVerify, ...(certPath === null ? {} : { certPath }) }) });
}

/** `shipmate nodes`. */
export async function listNodes(): Promise<void> {
  const rows = (await cluster().nodes()).map(describeNode);
  const header = ['NODE', 'HOST', 'ROLE', 'STATE', 'AVAILABILITY', 'ADDRESS', 'ENGINE', 'CPU', 'MEMORY'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  for (const row of [header, ...rows])
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}

/** `shipmate nodes init <address>`. */
export async function initialiseSwarm(advertiseAddress: string): Promise<void> {
  await cluster().initialise({ advertiseAddress });
  process.stdout.write('This engine manages a swarm. `shipmate nodes join` says what to run on further nodes.\n');
}

/** `shipmate nodes join`: prints a secret, because that is what it is for. */
export async function joinCommand(options: { manager?: boolean }): Promise<void> {
  const { token, addresses } = await cluster().joinToken(options.manager === true ? 'manager' : 'worker');
  process.stdout.write(`docker swarm join --token ${token} ${addresses[0] ?? '<manager address>:2377'}\n`);
}

/** `shipmate nodes drain|activate <node>`: by id, the beginning of one, or the host's name. */
export async function drainNode(wanted: string, availability: 'drain' | 'active'): Promise<void> {
  const all = await cluster().nodes();
  const matching = all.filter((node) => node.hostname === wanted || node.id.startsWith(wanted));
  const [node] = matching;
  if (node === undefined || matching.length > 1) {
    const known = all.map(({ id, hostname }) => `${hostname} (${id})`).join(', ');
    throw new StartRefused(`${matching.length === 0 ? 'no node' : 'more than one node'} is “${wanted}”`, [`There are: ${known}.`]);
  }
  await cluster().setAvailability(node.id, availability);
  process.stdout.write(`${node.hostname} is ${availability === 'drain' ? 'drained: its tasks move to other nodes' : 'active again'}.\n`);
}

function describeNode(node: ClusterNode): readonly string[] {
  const gib = `${(node.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    node.id.slice(0, 12),
    node.hostname,
    node.leader ? 'leader' : node.role,
    node.state,
    node.availability,
    node.address,
    node.engineVersion,
    String(node.cpus),
    gib,
  ];
}
