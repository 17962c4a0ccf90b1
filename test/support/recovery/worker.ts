import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { RecoveryAddress } from './open-recovery-parts.ts';
import type { FromWorker, ToWorker } from './worker-process.ts';

const PROGRAM = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** A worker process, as its parent sees it. */
export class TestWorker {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #met: string[] = [];
  #holder: string | null = null;
  #armed = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface(stream).on('line', (line) => this.#lines.push(line));
    child.on('message', (message: FromWorker) => {
      if ('ready' in message) this.#holder = message.ready;
      else if ('armed' in message) this.#armed += 1;
      else this.#met.push(message.at);
    });
  }

  /** Resolves once it takes deployments. */
  static async start(address: RecoveryAddress, order: string | null = null, concurrency = 10): Promise<TestWorker> {
    const child = fork(PROGRAM, [JSON.stringify({ ...address, concurrency, order })], {
      execArgv: [],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      silent: true,
    });
    const worker = new TestWorker(child);
    try {
      await worker.#until('it is ready', () => worker.#holder !== null);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return worker;
  }

  /** Its name in leases and audit records. */
  get holder(): string {
    return this.#holder ?? '';
  }

  get log(): readonly string[] {
    return this.#lines;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async arm(order: string | null): Promise<void> {
    const before = this.#armed;
    // What it came by under former orders says nothing about this one.
    this.#met.length = 0;
    this.#send({ arm: order });
    await this.#until('it is armed', () => this.#armed > before);
  }

  /** Until it came by the failpoint that it has orders for. */
  async met(name: string): Promise<void> {
    await this.#until(`it comes by ${name}`, () => this.#met.at(-1) === name || this.isOver);
    if (this.#met.at(-1) !== name) throw new Error(`it ended before it came by ${name}`);
  }

  /** Died at the failpoint it had orders for, by nothing but SIGKILL. */
  async diedAt(name: string): Promise<void> {
    await this.met(name);
    await this.#until(`it is dead`, () => this.isOver);
    if (this.#child.signalCode !== 'SIGKILL') throw new Error(`it ended with ${this.#child.signalCode ?? this.#child.exitCode}`);
  }

  /** Stands still at the failpoint it had orders for. */
  async stoppedAt(name: string): Promise<void> {
    await this.met(name);
    await this.#until('it stands still', () => / T \d/.test(readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').replace(/^.*\)/, ')')));
  }

  resume(): void {
    this.#send({ resume: true });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async logged(text: string): Promise<void> {
    await this.#until(`it logs “${text}”`, () => this.#lines.some((line) => line.includes(text)));
  }

  async kill(): Promise<void> {
    if (this.isOver) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** In order, as a shutdown does. */
  async leave(): Promise<void> {
    if (this.isOver) return;
    const ended = once(this.#child, 'exit');
    this.#send({ leave: true });
    await ended;
  }

  #send(message: ToWorker): void {
    this.#child.send(message, () => undefined);
  }

  async #until(what: string, isMet: () => boolean): Promise<void> {
    await vi.waitFor(
      () => {
        if (!isMet()) throw new Error(`waited until ${what}; its log:\n${this.#lines.slice(-30).join('\n')}`);
      },
      { timeout: 40_000, interval: 20 },
    );
  }
}
