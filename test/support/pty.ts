import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

/**
 * Somebody at a real terminal: util-linux's `script` gives the process a pseudo-terminal, whose echo is the kernel's. What they see,
 * everything that the process wrote and the terminal echoed, is `seen`.
 */
export class Pty {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number>;
  seen = '';

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    process.stdout.on('data', (data: Buffer) => {
      this.seen += data.toString('utf8');
    });
    this.#ended = once(process, 'close').then(([status]) => Number(status));
  }

  static start(command: readonly string[], environment: NodeJS.ProcessEnv): Pty {
    const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    return new Pty(spawn('script', ['-qefc', line, '/dev/null'], { env: environment, stdio: 'pipe' }));
  }

  /** Waits until this is seen behind what was seen before, and then types. */
  async whenAsked(words: string, keys: string): Promise<void> {
    await vi.waitFor(
      () => {
        const at = this.seen.indexOf(words, this.#answered);
        if (at === -1) throw new Error(`nobody asked “${words}”: ${this.seen}`);
        this.#answered = at + words.length;
      },
      { timeout: 30_000, interval: 20 },
    );
    this.#process.stdin.write(keys);
  }

  #answered = 0;

  /** The status it ended with. */
  ended(): Promise<number> {
    return this.#ended;
  }
}
