import { emitKeypressEvents, type Key } from 'node:readline';

/** A process's standard input, or what stands for it. */
export type Keyboard = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

type Hidden = {
  readonly input: Keyboard;
  readonly output: { write(text: string): unknown };
  readonly prompt: string;
  readonly isMultiline: boolean;
  readonly signal: AbortSignal;
};

/**
 * The terminal marks what is pasted (xterm's bracketed paste): its line breaks belong to the value and end nothing, and no rest of it is
 * left for the shell, which would run and remember it.
 */
const MARK_PASTES = '\u001B[?2004h';
const MARK_NO_PASTES = '\u001B[?2004l';
/** As much as any form takes; what is typed beyond it is not kept. */
const MOST = 100_000;

/** What is typed until Enter, or until an empty line, without showing any of it; null when they gave up. The terminal is left as it was found. */
export function readHidden({ input, output, prompt, isMultiline, signal }: Hidden): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const typing = new Typing(isMultiline);
  const onKey = (text: string | undefined, key: Key): void => {
    const pressed = typing.press(text, key);
    if (pressed === 'done') resolve(typing.value);
    else if (pressed === 'cancelled') resolve(null);
    else if (pressed === 'line') output.write('\n… ');
  };
  const onEnd = (): void => resolve(null);
  const onAbort = (): void => reject(signal.reason);
  signal.throwIfAborted();
  emitKeypressEvents(input);
  input.on('keypress', onKey);
  input.on('end', onEnd);
  signal.addEventListener('abort', onAbort);
  // Before anybody is asked: what is typed until then the terminal shows by itself.
  input.setRawMode?.(true);
  output.write(`${MARK_PASTES}${prompt}`);
  input.resume();
  return promise.finally(() => {
    input.pause();
    output.write(`${MARK_NO_PASTES}\n`);
    input.setRawMode?.(false);
    signal.removeEventListener('abort', onAbort);
    input.off('end', onEnd);
    input.off('keypress', onKey);
  });
}

type Pressed = 'done' | 'cancelled' | 'line' | null;

/** The value as it grows. */
class Typing {
  value = '';
  readonly #isMultiline: boolean;
  #isPasting = false;
  #wasReturn = false;

  constructor(isMultiline: boolean) {
    this.#isMultiline = isMultiline;
  }

  press(text: string | undefined, key: Key): Pressed {
    const { name, ctrl } = key;
    const isReturn = name === 'return';
    // Some terminals send both for one.
    const isSecondHalf = name === 'enter' && this.#wasReturn;
    this.#wasReturn = isReturn;
    if (ctrl === true && name === 'c') return 'cancelled';
    if (name === 'paste-start' || name === 'paste-end') this.#isPasting = name === 'paste-start';
    else if (isSecondHalf) return null;
    else if (isReturn || name === 'enter') return this.#isPasting ? this.#add('\n') : this.#endLine();
    else if (ctrl === true && name === 'd') return this.value === '' ? 'cancelled' : this.#finish();
    else if (ctrl === true && name === 'u') this.value = this.value.slice(0, this.#lineStart());
    else if (name === 'backspace') this.value = withoutLast(this.value, this.#lineStart());
    else if (this.#isPasting && name === 'tab') return this.#add('\t');
    else if (text !== undefined && ctrl !== true && key.meta !== true && !/\p{Cc}/u.test(text)) return this.#add(text);
    return null;
  }

  #add(text: string): null {
    if (this.value.length < MOST) this.value += text;
    return null;
  }

  #endLine(): Pressed {
    if (!this.#isMultiline || this.value === '' || this.value.endsWith('\n')) return this.#finish();
    this.value += '\n';
    return 'line';
  }

  /** The line break that ended the last line is no part of the value. */
  #finish(): 'done' {
    this.value = this.value.replace(/\n$/, '');
    return 'done';
  }

  #lineStart(): number {
    return this.value.lastIndexOf('\n') + 1;
  }
}

/** As people count letters, and never beyond this line's start. */
function withoutLast(text: string, lineStart: number): string {
  const letters = [...SEGMENTER.segment(text.slice(lineStart))];
  return text.slice(0, lineStart + (letters.at(-1)?.index ?? 0));
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
