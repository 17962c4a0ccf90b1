import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LocalEngineError } from './local-engine-error.ts';

const PACKAGES = ['docker.io', 'iptables'];

/** Path of the engine's daemon on this machine, or null. */
export function findDaemon(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, 'dockerd')).find(isExecutable) ?? null;
}

/** What a person has to do where Shipmate cannot install an engine itself; null where it can. */
export function obstacleToInstalling(): string | null {
  if (process.platform !== 'linux') return 'Install and start Docker Desktop (or any Docker Engine ≥ 20.10), or set DOCKER_HOST to one.';
  if (process.getuid?.() !== 0) {
    return 'Install the Docker Engine (Debian: "sudo apt-get install docker.io"), start it, and add yourself to the group docker; or set DOCKER_HOST.';
  }
  if (!existsSync('/usr/bin/apt-get') || !/^ID(_LIKE)?=.*debian/m.test(osRelease())) {
    return 'Install the Docker Engine as https://docs.docker.com/engine/install/ says and start it, or set DOCKER_HOST.';
  }
  return null;
}

export function describeInstallation(): string {
  return `install the Debian packages ${PACKAGES.join(' and ')} with apt-get`;
}

/** Installs the engine's packages; the packages' own output goes to `log`. */
export async function installEngine(log: string): Promise<void> {
  mkdirSync(dirname(log), { recursive: true });
  // The lists may be old or absent; a failed update still leaves the ones that are there.
  await aptGet(['update', '-q'], log);
  const status = await aptGet(['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], log);
  if (status !== 0 || findDaemon() === null) {
    throw new LocalEngineError(
      `apt-get could not install ${PACKAGES.join(' and ')} (status ${status}). See ${log}, then install them by hand.`,
    );
  }
}

function aptGet(args: readonly string[], log: string): Promise<number> {
  const output = openSync(log, 'a');
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', args, { stdio: ['ignore', output, output], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  }).finally(() => closeSync(output)) as Promise<number>;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function osRelease(): string {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}
