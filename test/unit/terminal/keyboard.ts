import { PassThrough } from 'node:stream';
import type { Keyboard } from '../../../adapters/terminal/read-hidden.ts';

/** A terminal as a process has it: what is typed comes in, what is written is what somebody sees, and raw mode is noted. */
export class FakeTerminal {
  seen = '';
  readonly modes: boolean[] = [];
  readonly #stream = new PassThrough();
  readonly input: Keyboard;
  readonly output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });

  constructor() {
    this.input = Object.assign(this.#stream, { isTTY: true, setRawMode: (isRaw: boolean) => void this.modes.push(isRaw) });
    this.output.on('data', (written: Buffer) => {
      this.seen += written.toString('utf8');
    });
  }

  type(keys: string): void {
    this.#stream.write(keys);
  }

  hangUp(): void {
    this.#stream.end();
  }
}

export const KEYS = {
  enter: '\r',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
  backspace: '\u007F',
  up: '\u001B[A',
  paste: (text: string) => `\u001B[200~${text.replaceAll('\n', '\r')}\u001B[201~`,
} as const;
