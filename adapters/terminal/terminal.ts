import { openQuestions, type Questions } from './questions.ts';

/** A process's standard output, or what stands for it. */
export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Where lines go and questions are asked. */
export type Terminal = {
  write(text: string): void;
  /** Can lines be redrawn in place? */
  readonly isLive: boolean;
  readonly hasColors: boolean;
  columns(): number;
  rows(): number;
  /** Null where nobody can answer. */
  readonly questions: Questions | null;
};

const WIDTH_OF_A_LOG = 120;

/** `NO_COLOR` (no-color.org), `TERM=dumb` and a pipe turn colours off; without a terminal on both ends nobody is asked. */
export function openTerminal(output: Output, questions?: Questions): Terminal {
  const { env, stdin, stdout } = process;
  const isLive = output.isTTY === true && env['TERM'] !== 'dumb';
  return {
    write: (text) => void output.write(text),
    isLive,
    hasColors: isLive && (env['NO_COLOR'] ?? '') === '',
    // Terminals that do not know their size say 0.
    columns: () => output.columns || WIDTH_OF_A_LOG,
    rows: () => output.rows || 1000,
    questions: questions ?? (output.isTTY === true ? openQuestions(stdin, stdout) : null),
  };
}
