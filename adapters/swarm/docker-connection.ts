import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { EngineRejectedError } from '../../src/ports/faults.ts';
import { SshAgent } from './ssh-agent.ts';

export type ConnectionOptions = {
  /** `DOCKER_TLS_VERIFY`: any value turns it on. */
  readonly tlsVerify?: boolean;
  /** `DOCKER_CERT_PATH`: folder with ca.pem, cert.pem and key.pem; `~/.docker` when TLS is on and this is absent. */
  readonly certPath?: string;
};

const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * The engine that a DOCKER_HOST names, as the Docker CLI reads it: `unix://` (default), `tcp://` with or without TLS, `http(s)://`, `ssh://`.
 * Nothing is sent yet; the API version is negotiated with the first request. Throws EngineRejectedError for an address it cannot read.
 */
export function connectDocker(dockerHost: string | undefined, options: ConnectionOptions = {}): Docker {
  // Every member is given, because the modem fills absent ones from its own reading of the environment.
  const none = { host: undefined, port: undefined, socketPath: undefined, ca: undefined, cert: undefined, key: undefined } as const;
  const address = dockerHost === undefined || dockerHost === '' ? `unix://${DEFAULT_SOCKET}` : dockerHost;
  if (address.startsWith('unix://'))
    return create({ ...none, protocol: 'http', socketPath: address.slice('unix://'.length) || DEFAULT_SOCKET });

  const url = parse(address.includes('://') ? address : `tcp://${address}`);
  switch (url.protocol) {
    case 'ssh:':
      // The host is only a name here: the agent's connection decides where requests go.
      return create({ ...none, protocol: 'http', host: 'docker.invalid', port: 80, agent: new SshAgent(url) });
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const withTls = options.tlsVerify === true || url.protocol === 'https:';
      const port = url.port === '' ? (withTls ? 2376 : 2375) : Number(url.port);
      const pathPrefix = url.pathname === '' ? '/' : url.pathname;
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (!withTls) return create({ ...none, protocol: 'http', host, port, pathPrefix });
      return create({
        ...none,
        protocol: 'https',
        host,
        port,
        pathPrefix,
        ...certificates(options.certPath ?? join(homedir(), '.docker')),
      });
    }
    default:
      throw new EngineRejectedError(`DOCKER_HOST has the unknown scheme "${url.protocol}//". Use unix://, tcp:// or ssh://.`);
  }
}

function create(options: Record<string, unknown>): Docker {
  return new Docker(options);
}

function parse(address: string): URL {
  try {
    return new URL(address);
  } catch (cause) {
    throw new EngineRejectedError(
      'DOCKER_HOST cannot be read. Write it like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host.',
      {
        cause,
      },
    );
  }
}

function certificates(folder: string): { ca: Buffer; cert: Buffer; key: Buffer } {
  try {
    const read = (name: string) => readFileSync(join(folder, name));
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (cause) {
    throw new EngineRejectedError(
      `TLS is on for DOCKER_HOST, but ${folder} lacks a readable ca.pem, cert.pem or key.pem (DOCKER_CERT_PATH).`,
      {
        cause,
      },
    );
  }
}
