import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { EngineRejectedError } from '../../src/ports/faults.ts';

/**
 * Connections to a remote engine as the Docker CLI makes them: `ssh <host> docker system dial-stdio`, whose standard input
 * and output are the engine's socket. The user's own ssh gives keys, configuration and known hosts, so the host is
 * verified as everywhere else.
 */
export class SshAgent extends Agent {
  readonly #target: readonly string[];

  constructor(url: URL) {
    super({ keepAlive: true, maxSockets: 8, maxFreeSockets: 2 });
    this.#target = sshArguments(url);
  }

  override createConnection(): Duplex {
    const child = spawn('ssh', [...this.#target, 'docker', 'system', 'dial-stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
    child.once('error', (error) => socket.destroy(error));
    child.once('exit', () => socket.destroy());
    socket.once('close', () => child.kill());
    return Object.assign(socket, noSocketOptions(socket));
  }
}

/** HTTP sets these on real sockets; a pipe has nothing to set. */
function noSocketOptions(socket: Duplex) {
  const nothing = () => socket;
  return { setKeepAlive: nothing, setNoDelay: nothing, setTimeout: nothing, ref: nothing, unref: nothing };
}

/** An option in the place of a host would be run by ssh, so `--` stands before it and odd names are refused. */
export function sshArguments(url: URL): readonly string[] {
  if (url.password !== '') throw new EngineRejectedError('DOCKER_HOST must not carry a password for ssh. Use a key.');
  if (url.hostname === '' || url.hostname.startsWith('-') || url.username.startsWith('-')) {
    throw new EngineRejectedError('DOCKER_HOST names no valid ssh host. Write it like ssh://user@host:22.');
  }
  return [
    '-T',
    '-o',
    'ConnectTimeout=10',
    ...(url.username === '' ? [] : ['-l', decodeURIComponent(url.username)]),
    ...(url.port === '' ? [] : ['-p', url.port]),
    '--',
    url.hostname.replace(/^\[|\]$/g, ''),
  ];
}
