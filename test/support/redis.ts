import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';

const run = promisify(execFile);

export type TestRedis = {
  readonly url: string;
  /** As an operator's restart does: the server ends in order and comes back with its data at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** Redis as production should have it: append-only file, nothing evicted; on loopback, data in `folder`. */
export async function startRedis(folder: string): Promise<TestRedis> {
  await installRedis();
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await launch(folder, port, url);
  const down = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  return {
    url,
    down,
    async up() {
      server = await launch(folder, port, url);
    },
    stop: down,
  };
}

async function launch(folder: string, port: number, url: string): Promise<ChildProcess> {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  // The first command waits for the connection, which is tried again until the server listens and has read its file.
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`redis-server ended with status ${code} on port ${port}`);
  });
  try {
    await Promise.race([client.ping(), ended]);
  } finally {
    client.disconnect();
    // Its ending later is no news to anybody.
    ended.catch(() => undefined);
  }
  return server;
}

async function installRedis(): Promise<void> {
  const isThere = await run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'];
  if (process.getuid?.() !== 0) throw new Error(`the integration tests need redis-server: sudo ${command.join(' ')}`);
  console.log(`redis-server is missing; installing it for the tests: ${command.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env: environment });
  await run('apt-get', command.slice(1), { env: environment });
}

export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
  });
  return promise;
}
