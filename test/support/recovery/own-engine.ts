import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { enginePaths } from '../../../adapters/local-engine/engine-paths.ts';
import { ensureLocalEngine, type LocalEngine } from '../../../adapters/local-engine/ensure-local-engine.ts';

/** An engine that a test may restart and kill: in a network namespace of its own, so that it and the machine's do not meet. */
export class OwnEngine {
  readonly #namespace: ChildProcess;
  readonly #folder: string;
  readonly #engine: LocalEngine;

  private constructor(namespace: ChildProcess, folder: string, engine: LocalEngine) {
    this.#namespace = namespace;
    this.#folder = folder;
    this.#engine = engine;
  }

  static async start(): Promise<OwnEngine> {
    const namespace = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec sleep infinity'], { stdio: 'ignore' });
    const own = `/proc/${namespace.pid}/ns/net`;
    await vi.waitFor(() => expect(readlinkSync(own)).not.toBe(readlinkSync('/proc/self/ns/net')));
    await vi.waitFor(() => expect(readFileSync(`/proc/${namespace.pid}/cmdline`, 'utf8')).toMatch(/^sleep/));
    const folder = mkdtempSync(join(tmpdir(), 'shipmate-engine-'));
    const engine = await ensure(folder, own);
    return new OwnEngine(namespace, folder, engine);
  }

  get dockerHost(): string {
    return this.#engine.dockerHost;
  }

  /** As `systemctl restart docker` does: the daemon stops its containers. */
  restart(): Promise<void> {
    return this.#engine.restart();
  }

  /** The daemon stops its containers and ends. */
  async down(): Promise<void> {
    const pid = this.#pid();
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 30_000, interval: 50 });
  }

  up(): Promise<void> {
    return this.#engine.restart();
  }

  /** The daemon dies and its containers live on; it comes back as a supervisor would bring it. */
  async killAndStart(): Promise<void> {
    process.kill(this.#pid(), 'SIGKILL');
    await this.#engine.restart();
  }

  #pid(): number {
    return Number(readFileSync(enginePaths(this.#folder).pidFile, 'utf8'));
  }

  async stop(): Promise<void> {
    await this.#engine.stop({ removeData: true });
    this.#namespace.kill('SIGKILL');
    await once(this.#namespace, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function ensure(dataDir: string, namespace: string): Promise<LocalEngine> {
  return ensureLocalEngine({
    dataDir,
    announce: () => undefined,
    consent: true,
    defaultSocket: '/nowhere/docker.sock',
    launcher: ['nsenter', `--net=${namespace}`],
  });
}
