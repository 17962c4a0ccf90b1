import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnginePaths } from './engine-paths.ts';
import { LocalEngineError } from './local-engine-error.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

/** A `dockerd` of Shipmate's own: in its own process session, so that it survives whoever started it. */
export class OwnDaemon {
  readonly #paths: EnginePaths;
  readonly #launcher: readonly string[];
  readonly #answers: () => Promise<boolean>;

  constructor(paths: EnginePaths, launcher: readonly string[], answers: () => Promise<boolean>) {
    this.#paths = paths;
    this.#launcher = launcher;
    this.#answers = answers;
  }

  /** The process id of the daemon with our pid file, however it was started; null when there is none. */
  pid(): number | null {
    return processOf(this.#paths.pidFile, this.#paths.pidFile);
  }

  async start(executable: string): Promise<void> {
    const { dataRoot, execRoot, pidFile, socket, log } = this.#paths;
    mkdirSync(dataRoot, { recursive: true, mode: 0o711 });
    mkdirSync(execRoot, { recursive: true, mode: 0o700 });
    await this.#endOrphanedContainerd();
    // A pid file left by a kill -9 stops the daemon when that number is in use by someone else now.
    rmSync(pidFile, { force: true });
    const output = openSync(log, 'a', 0o600);
    const [file, ...args] = [
      ...this.#launcher,
      executable,
      ...['--data-root', dataRoot, '--exec-root', execRoot, '--pidfile', pidFile, '--host', `unix://${socket}`],
      // Apart from the containers of another engine that shares the machine's containerd.
      ...['--containerd-namespace', 'shipmate', '--containerd-plugins-namespace', 'shipmate-plugins'],
    ];
    if (file === undefined) throw new LocalEngineError('No command to start the engine with.');
    const child = spawn(file, args, { detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    let ended: string | null = null;
    child.on('error', (error) => {
      ended = error.message;
    });
    child.on('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `status ${code}`}`;
    });
    child.unref();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (ended !== null || Date.now() > deadline) {
        const reason = ended ?? `it did not answer within ${START_TIMEOUT_MS / 1000} s`;
        throw new LocalEngineError(`The Docker Engine could not be started: ${reason}. ${lastFault(log)} Its log: ${log}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Waits until its process is gone. */
  async stop(): Promise<void> {
    await end(this.#paths.pidFile, this.#paths.pidFile);
  }

  /**
   * After a kill -9 of the daemon its containerd ends by itself, but a new daemon that comes too early takes it for alive
   * and waits for it in vain. Containers outlive both.
   */
  async #endOrphanedContainerd(): Promise<void> {
    const pidFile = join(this.#paths.execRoot, 'containerd', 'containerd.pid');
    await end(pidFile, join(this.#paths.execRoot, 'containerd', 'containerd.toml'));
    rmSync(pidFile, { force: true });
  }
}

/** The process that a pid file names, when its command line has `argument`: process ids are used again. */
function processOf(pidFile: string, argument: string): number | null {
  const pid = Number.parseInt(textOf(pidFile), 10);
  if (!Number.isInteger(pid)) return null;
  return textOf(`/proc/${pid}/cmdline`).split('\0').includes(argument) ? pid : null;
}

/** Empty when there is none: a process that ends takes both files away at any moment, also between a look and a read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '';
    throw error;
  }
}

async function end(pidFile: string, argument: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const pid = processOf(pidFile, argument);
    if (pid === null) return;
    signalTo(pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (processOf(pidFile, argument) === pid && Date.now() < deadline) await sleep(POLL_MS);
  }
}

/** It may have ended meanwhile. */
function signalTo(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The last thing the daemon complained about. */
function lastFault(log: string): string {
  const lines = readFileSync(log, 'utf8').split('\n');
  const fault = lines.findLast((line) => /level=(error|fatal)|^failed/.test(line)) ?? '';
  return fault === '' ? '' : `It said: ${/msg="?([^"]*)/.exec(fault)?.[1] ?? fault}.`;
}
