import { createInterface } from 'node:readline/promises';

/** A process's standard output, or what stands for it. */
export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Asks yes or no. */
export type Ask = (question: string, signal: AbortSignal) => Promise<boolean>;

/** Where lines go and questions are asked. */
export type Terminal = {
  write(text: string): void;
  /** Can lines be redrawn in place? */
  readonly isLive: boolean;
  readonly hasColors: boolean;
  columns(): number;
  rows(): number;
  /** Null where nobody can answer. */
  readonly ask: Ask | null;
};

const WIDTH_OF_A_LOG = 120;

/** `NO_COLOR` (no-color.org), `TERM=dumb` and a pipe turn colours off; without a terminal on both ends nobody is asked. */
export function openTerminal(output: Output, ask?: Ask): Terminal {
  const { env, stdin } = process;
  const isLive = output.isTTY === true && env['TERM'] !== 'dumb';
  const canAsk = stdin.isTTY === true && output.isTTY === true;
  return {
    write: (text) => void output.write(text),
    isLive,
    hasColors: isLive && (env['NO_COLOR'] ?? '') === '',
    // Terminals that do not know their size say 0.
    columns: () => output.columns || WIDTH_OF_A_LOG,
    rows: () => output.rows || 1000,
    ask: ask ?? (canAsk ? askOnTerminal : null),
  };
}

async function askOnTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
