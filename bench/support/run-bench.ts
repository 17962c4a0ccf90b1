import { parseArgs } from 'node:util';

export type Outcome = {
  readonly figures: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
};

export type BenchRun = {
  readonly rounds: number;
  /** What stands on the command line beside `--rounds`. */
  readonly arguments: readonly string[];
  /** Aborts when the person at the terminal has had enough. */
  readonly stop: AbortSignal;
  /** Undone at the end in the opposite order, whatever happened. */
  readonly undo: (what: string, work: () => Promise<void> | void) => void;
};

/** The measurement cannot be made here, and this is what to do about it. */
export class CannotMeasure extends Error {}

/** Progress goes to standard error: standard output has the result and nothing else. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A benchmark: measures, cleans up also after Ctrl-C, and prints its one line of JSON last. It judges nothing; the exit code
 * is 1 when there is no result.
 */
export async function runBench(name: string, rounds: number, measure: (run: BenchRun) => Promise<Outcome>): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: String(rounds) } } });
  const undoing: { what: string; work: () => Promise<void> | void }[] = [];
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      say('interrupted; cleaning up (once more ends at once and leaves it)');
      stop.abort(new CannotMeasure('interrupted'));
    });
  }
  const interrupted = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
  let outcome: Outcome | null = null;
  try {
    const run = {
      rounds: readRounds(values.rounds),
      arguments: positionals,
      stop: stop.signal,
      undo: (what: string, work: () => Promise<void> | void) => undoing.push({ what, work }),
    };
    outcome = await Promise.race([measure(run), interrupted]);
  } catch (error) {
    if (error instanceof CannotMeasure) say(`bench ${name}: ${error.message}`);
    else console.error(error);
  }
  for (const { what, work } of undoing.reverse()) {
    try {
      await work();
    } catch (error) {
      say(`bench ${name}: ${what} could not be undone: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (outcome !== null) process.stdout.write(`${JSON.stringify({ bench: name, ...outcome })}\n`);
  // What an interrupted measurement had under way must not keep the process.
  process.exit(outcome === null ? 1 : 0);
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new CannotMeasure(`--rounds takes a whole number from 1 on, not ${text}`);
  return rounds;
}
