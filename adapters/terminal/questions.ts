import { createInterface } from 'node:readline/promises';
import { type Keyboard, readHidden } from './read-hidden.ts';

/** Whoever was asked pressed Ctrl-C or ended their input. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** What a person at a terminal can be asked. Whoever gives up answers with {@link Cancelled}, unless it says otherwise. */
export interface Questions {
  /** Yes or no; giving up is a no. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** One line, which is seen while it is typed. Tab completes it to what is offered for what stands there. */
  line(prompt: string, signal: AbortSignal, offer?: Offer): Promise<string>;
  /** Neither seen while it is typed nor kept on the screen. With `isMultiline` an empty line ends it. */
  hidden(prompt: string, isMultiline: boolean, signal: AbortSignal): Promise<string>;
}

/** What a line that begins so may become. */
export type Offer = (typed: string) => Promise<readonly string[]>;

export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Null where nobody can answer: a pipe on either side. */
export function openQuestions(input: Keyboard, output: Screen): Questions | null {
  if (input.isTTY !== true || output.isTTY !== true) return null;
  const line: Questions['line'] = (prompt, signal, offer) => readLine({ input, output, prompt, signal, offer });
  return {
    line,
    confirm: (question, signal) =>
      line(`${question} [y/N] `, signal).then(
        (typed) => /^y(es)?$/i.test(typed.trim()),
        (error: unknown) => {
          if (error instanceof Cancelled) return false;
          throw error;
        },
      ),
    async hidden(prompt, isMultiline, signal) {
      const typed = await readHidden({ input, output, prompt, isMultiline, signal });
      if (typed === null) throw new Cancelled();
      return typed;
    },
  };
}

type Line = {
  readonly input: Keyboard;
  readonly output: Screen;
  readonly prompt: string;
  readonly signal: AbortSignal;
  readonly offer: Offer | undefined;
};

async function readLine({ input, output, prompt, signal, offer }: Line): Promise<string> {
  const completer = async (typed: string): Promise<[string[], string]> => [[...((await offer?.(typed)) ?? [])], typed];
  // No history: what was typed into one question is nobody's answer to another.
  const lines = createInterface({ input, output, terminal: true, historySize: 0, completer });
  const over = Promise.withResolvers<never>();
  lines.on('SIGINT', () => over.reject(new Cancelled()));
  lines.on('close', () => over.reject(new Cancelled()));
  try {
    return await Promise.race([lines.question(prompt, { signal }), over.promise]);
  } catch {
    signal.throwIfAborted();
    // Whatever ended the line (Ctrl-C, Ctrl-D, a terminal that went away), what comes next stands below it.
    output.write('\n');
    throw new Cancelled();
  } finally {
    lines.close();
  }
}
