import { spawn } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isAlive } from './alive.ts';
import type { Binaries } from './binaries.ts';
import { DATABASE, readPort, writePort } from './credentials.ts';
import type { ServerUser } from './server-user.ts';

/** The files of one server below its data folder, and the programs that work on them. Nothing here is kept in memory: any process can come later. */
export type Cluster = {
  readonly dataDir: string;
  readonly folder: string;
  readonly binaries: Binaries;
  readonly user: ServerUser;
  readonly settings: Readonly<Record<string, string>>;
};

/**
 * Small, local, and durable; the log keeps a week by overwriting the file of the same weekday. The server listens on
 * loopback only and has no socket file.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
};

/** The running server's port, from the file that it keeps itself; null when it is not running (a stale file is not believed). */
export async function runningPort(cluster: Cluster): Promise<number | null> {
  const lines = (await readIfThere(join(cluster.folder, 'postmaster.pid')))?.split('\n');
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!Number.isInteger(pid) || !Number.isInteger(port) || port === 0) return null;
  return (await isAlive(pid, cluster.folder)) ? port : null;
}

/**
 * Makes the cluster when there is none. It is made under another name and renamed when complete, so that a kill in the
 * middle leaves no half cluster, and of two processes one wins and the other uses the winner's.
 */
export async function ensureCluster(cluster: Cluster, password: string): Promise<void> {
  await removeAbandonedDrafts(cluster);
  if (await exists(join(cluster.folder, 'PG_VERSION'))) return;
  const draft = `${cluster.folder}.draft-${process.pid}`;
  const passwordFile = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (cluster.user !== null) {
      await chown(draft, cluster.user.uid, cluster.user.gid);
      await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    }
    await runProgram(cluster, cluster.binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${DATABASE}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ]);
    await rename(draft, cluster.folder);
  } catch (error) {
    if (!(await exists(join(cluster.folder, 'PG_VERSION')))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/** Starts the server apart from this process, so that it outlives us, and waits until it answers. Fails when another process starts it at the same time. */
export async function startServer(cluster: Cluster): Promise<void> {
  await removeStalePidFile(cluster);
  const port = await choosePort(cluster.dataDir);
  const settings = { ...SETTINGS, ...cluster.settings, port: String(port) };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  await runProgram(cluster, cluster.binaries.pgCtl, [
    'start',
    `--pgdata=${cluster.folder}`,
    '--wait',
    '--timeout=60',
    `--log=${join(cluster.folder, 'startup.log')}`,
    `--options=${options.join(' ')}`,
  ]);
  await writePort(cluster.dataDir, port);
}

export async function stopServer(cluster: Cluster): Promise<void> {
  await runProgram(cluster, cluster.binaries.pgCtl, ['stop', `--pgdata=${cluster.folder}`, '--mode=fast', '--wait', '--timeout=60']);
}

/** The last port when it is free, or else any free one. */
async function choosePort(dataDir: string): Promise<number> {
  const last = await readPort(dataDir);
  if (last !== null && (await listenOnce(last)) !== null) return last;
  const free = await listenOnce(0);
  if (free === null) throw new Error('no free port on 127.0.0.1');
  return free;
}

function listenOnce(port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const server = createServer();
  server.once('error', () => resolve(null));
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
  });
  return promise;
}

/**
 * PostgreSQL takes over the pid file of a server that was killed, except when the number now belongs to another process of
 * the same user, as happens after a container's restart. Then it would refuse for ever.
 */
async function removeStalePidFile(cluster: Cluster): Promise<void> {
  const path = join(cluster.folder, 'postmaster.pid');
  const pid = Number((await readIfThere(path))?.split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && !(await isAlive(pid, cluster.folder))) await rm(path, { force: true });
}

async function removeAbandonedDrafts(cluster: Cluster): Promise<void> {
  for (const name of await readdir(cluster.dataDir)) {
    const pid = /\.draft-(\d+)/.exec(name)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !(await isAlive(Number(pid), null))) {
      // An initdb whose parent was killed may still be writing there until it notices.
      await rm(join(cluster.dataDir, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
  }
}

/** Runs as the server's user, from a folder that it may be in, with nothing of our environment but the path. */
function runProgram(cluster: Cluster, program: string, args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, args, {
    cwd: cluster.dataDir,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in our process group: an interrupt typed in the terminal must not reach the server before we have drained.
    detached: true,
    ...(cluster.user === null ? {} : cluster.user),
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', reject);
  // 'exit', not 'close': the server that pg_ctl started may keep the pipes open.
  child.once('exit', (code) => {
    child.stdout.destroy();
    child.stderr.destroy();
    if (code === 0) resolve();
    else reject(new Error(`${program} ${args[0]} ended with status ${code}: ${output.trim()}`));
  });
  return promise;
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
