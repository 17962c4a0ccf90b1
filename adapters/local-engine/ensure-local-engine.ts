import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { type EnginePaths, enginePaths } from './engine-paths.ts';
import { changeRecord, readRecord } from './engine-record.ts';
import { readTraces, removeTraces } from './host-traces.ts';
import { describeInstallation, findDaemon, installEngine, obstacleToInstalling } from './install-engine.ts';
import { readListeningSockets } from './listening-sockets.ts';
import { LocalEngineError } from './local-engine-error.ts';
import { OwnDaemon } from './own-daemon.ts';
import { chooseSwarmAddress, isUsual, type SwarmAddress } from './swarm-address.ts';
import { initialiseSwarm, leaveEmptySwarm, membershipOf } from './swarm-membership.ts';

const DEFAULT_SOCKET = '/var/run/docker.sock';
const ANSWER_TIMEOUT_MS = 15_000;

export type LocalEngineOptions = {
  /** Shipmate's data folder; the engine's own lie below it. */
  readonly dataDir: string;
  /** Says what is going on and, before it happens, what will change on the machine. */
  readonly announce: (text: string) => void;
  /** Asked before something is installed, started or initialised; `true` agrees to all (it is announced either way). */
  readonly consent: boolean | ((what: string) => Promise<boolean>);
  /** An engine somebody chose (`DOCKER_HOST`): never replaced by another. One behind ssh or TLS is not local and only passed on. */
  readonly dockerHost?: string;
  /** Where an engine is looked for that runs already. */
  readonly defaultSocket?: string;
  /** Put before the daemon's command line, for an engine in a network namespace of its own. */
  readonly launcher?: readonly string[];
};

export type LocalEngine = {
  /** For `DOCKER_HOST`: `unix:///…`. */
  readonly dockerHost: string;
  /** This run or an earlier one of the same data folder started the engine. */
  readonly startedEngine: boolean;
  readonly startedSwarm: boolean;
  /** Stops and starts the engine, when Shipmate started it. Throws {@link LocalEngineError} otherwise. */
  restart(): Promise<void>;
  /**
   * Undoes what Shipmate started: leaves the swarm that it initialised, unless services are left in it, and stops its own
   * engine. Images and volumes of its own engine stay, unless `removeData`.
   */
  stop(options?: { readonly removeData: boolean }): Promise<void>;
};

/**
 * A Docker Engine in swarm mode: the chosen one, the machine's, the one an earlier run left, or a new one. Throws
 * {@link LocalEngineError} with what to do when there is none and none may be made.
 */
export async function ensureLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  const { dockerHost: chosen } = options;
  if (chosen !== undefined && plainSocket(chosen) === null) return passedOn(chosen);
  const paths = enginePaths(options.dataDir);
  const found = (await findRunning(options, paths)) ?? (await startOwn(options, paths));
  const startedSwarm = await ensureSwarm(options, paths, found.docker).catch(async (error: unknown) => {
    if (found.daemon !== null) await stopOwn(options, paths, found.daemon, false);
    throw error;
  });
  const { dockerHost, docker, daemon } = found;
  return {
    dockerHost,
    startedEngine: daemon !== null,
    startedSwarm,
    restart: async () => {
      const executable = findDaemon();
      if (daemon === null || executable === null)
        throw new LocalEngineError('This engine was not started by Shipmate, so Shipmate does not restart it.');
      await daemon.stop();
      await daemon.start(executable);
    },
    stop: async ({ removeData } = { removeData: false }) => {
      if (readRecord(paths.record).swarmId !== null) await leaveSwarm(options, paths, docker);
      if (daemon !== null) await stopOwn(options, paths, daemon, removeData);
    },
  };
}

type Found = { readonly dockerHost: string; readonly docker: Docker; readonly daemon: OwnDaemon | null };

async function findRunning(options: LocalEngineOptions, paths: EnginePaths): Promise<Found | null> {
  const { dockerHost: chosen, announce, launcher = [], defaultSocket = DEFAULT_SOCKET } = options;
  if (chosen !== undefined) {
    const docker = new Docker(plainSocket(chosen) ?? {});
    if (await answers(docker)) return { dockerHost: chosen, docker, daemon: null };
    throw new LocalEngineError(`The Docker Engine at DOCKER_HOST (${chosen}) does not answer. Start it, correct DOCKER_HOST, or unset it.`);
  }
  const machines = onSocket(defaultSocket);
  if (await answers(machines)) return { dockerHost: `unix://${defaultSocket}`, docker: machines, daemon: null };
  const docker = onSocket(paths.socket);
  const daemon = new OwnDaemon(paths, launcher, () => answers(docker));
  if (daemon.pid() === null || !(await answers(docker))) return null;
  announce('using the Docker Engine that an earlier run started');
  return { dockerHost: `unix://${paths.socket}`, docker, daemon };
}

async function startOwn(options: LocalEngineOptions, paths: EnginePaths): Promise<Found> {
  const { announce, launcher = [], defaultSocket = DEFAULT_SOCKET } = options;
  if (existsSync(defaultSocket) && process.getuid?.() !== 0) {
    throw new LocalEngineError(
      `The Docker Engine at ${defaultSocket} does not answer this user. Add yourself to the group docker, or start the engine.`,
    );
  }
  if (findDaemon() === null) {
    const obstacle = obstacleToInstalling();
    if (obstacle !== null) throw new LocalEngineError(`There is no Docker Engine on this machine. ${obstacle}`);
    await agree(options, describeInstallation());
    await installEngine(paths.installLog);
    // With systemd the package starts its own engine; that one is the machine's then, not ours.
    if (existsSync('/run/systemd/system')) await sleep(2000);
    const running = await findRunning(options, paths);
    if (running !== null) return running;
  }
  const executable = findDaemon();
  if (executable === null || process.getuid?.() !== 0) {
    throw new LocalEngineError(
      'No Docker Engine answers, and starting one needs root. Start it ("sudo systemctl start docker"), or set DOCKER_HOST.',
    );
  }
  await agree(options, `start a Docker Engine of its own, with its data in ${paths.dataRoot}`);
  if (readRecord(paths.record).before === null) changeRecord(paths.record, { before: await readTraces(launcher) });
  const docker = onSocket(paths.socket);
  const daemon = new OwnDaemon(paths, launcher, () => answers(docker));
  // One that hangs would keep the data locked.
  await daemon.stop();
  await daemon.start(executable);
  announce(`the Docker Engine answers at ${paths.socket}`);
  return { dockerHost: `unix://${paths.socket}`, docker, daemon };
}

async function ensureSwarm(options: LocalEngineOptions, paths: EnginePaths, docker: Docker): Promise<boolean> {
  const membership = await membershipOf(docker);
  if (membership.kind === 'manager') return readRecord(paths.record).swarmId === membership.swarmId;
  if (membership.kind === 'worker') {
    throw new LocalEngineError('This Docker Engine is a worker of a swarm; Shipmate needs a manager. Set DOCKER_HOST to one.');
  }
  if (membership.kind === 'stopped') {
    throw new LocalEngineError(
      `The swarm of this Docker Engine does not run: ${membership.reason}. Stop what is in its way, then start the engine again.`,
    );
  }
  const address = chooseSwarmAddress(await readListeningSockets(options.launcher ?? []));
  await agree(options, `put the Docker Engine into swarm mode (${describeAddress(address)})`);
  changeRecord(paths.record, { swarmId: await initialiseSwarm(docker, address) });
  return true;
}

function describeAddress(address: SwarmAddress): string {
  if (isUsual(address)) return `swarm init on ${address.address}`;
  const { address: host, managementPort, dataPort } = address;
  return `swarm init on ${host}:${managementPort} with data port ${dataPort}, because the usual ports are taken on this machine`;
}

async function leaveSwarm({ announce }: LocalEngineOptions, paths: EnginePaths, docker: Docker): Promise<void> {
  const membership = await membershipOf(docker);
  // Somebody may have left it and made another since.
  if (membership.kind === 'manager' && membership.swarmId === readRecord(paths.record).swarmId) {
    const left = await leaveEmptySwarm(docker);
    if (left > 0) {
      announce(`the swarm stays: ${left} services are left in it`);
      return;
    }
    announce('left the swarm that Shipmate initialised');
  }
  changeRecord(paths.record, { swarmId: null });
}

async function stopOwn(options: LocalEngineOptions, paths: EnginePaths, daemon: OwnDaemon, removeData: boolean): Promise<void> {
  const { announce, launcher = [] } = options;
  await daemon.stop();
  await unmountBelow(paths.execRoot);
  rmSync(paths.execRoot, { recursive: true, force: true });
  const { before } = readRecord(paths.record);
  if (before !== null) {
    for (const trace of await removeTraces(before, launcher)) announce(`left on the machine: ${trace}`);
    changeRecord(paths.record, { before: null });
  }
  if (removeData) {
    await unmountBelow(paths.dataRoot);
    rmSync(paths.dataRoot, { recursive: true, force: true });
  }
  announce('stopped the Docker Engine that Shipmate started');
}

async function agree({ announce, consent }: LocalEngineOptions, what: string): Promise<void> {
  announce(`Shipmate will ${what}`);
  const agreed = typeof consent === 'function' ? await consent(what) : consent;
  if (!agreed) throw new LocalEngineError(`Without consent to ${what}, there is no engine to deploy to. Agree, or set DOCKER_HOST.`);
}

/** How to reach an address without ssh or TLS; null for those. */
function plainSocket(dockerHost: string): Docker.DockerOptions | null {
  const url = new URL(dockerHost);
  if (url.protocol === 'unix:') return { socketPath: url.pathname, timeout: ANSWER_TIMEOUT_MS };
  const isPlain = (url.protocol === 'tcp:' || url.protocol === 'http:') && url.port !== '2376';
  return isPlain ? { protocol: 'http', host: url.hostname, port: url.port || 2375, timeout: ANSWER_TIMEOUT_MS } : null;
}

function passedOn(dockerHost: string): LocalEngine {
  const restart = async (): Promise<void> => {
    throw new LocalEngineError('This engine was not started by Shipmate, so Shipmate does not restart it.');
  };
  return { dockerHost, startedEngine: false, startedSwarm: false, restart, stop: async () => undefined };
}

function onSocket(socketPath: string): Docker {
  return new Docker({ socketPath, timeout: ANSWER_TIMEOUT_MS });
}

async function answers(docker: Docker): Promise<boolean> {
  try {
    await docker.ping();
    return true;
  } catch {
    // Refused, missing, forbidden or hanging: in every case not an engine to use.
    return false;
  }
}

/** Mounts that containers or a killed engine left behind (network namespaces, layers, the data root itself) keep a folder from being removed. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((target) => target === folder || target.startsWith(`${folder}/`))
    .reverse();
  for (const target of mounts) await promisify(execFile)('umount', ['-l', target]);
}
