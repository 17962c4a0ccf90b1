import type { Message } from '../../src/chat/message.ts';
import { isSameJson } from '../../src/domain/json.ts';
import { truncate } from './layout.ts';
import { renderMessage } from './render-message.ts';
import type { Terminal } from './terminal.ts';

/** Up, erase to the end of the line, erase to the end of the screen (ECMA-48 CUU, EL and ED). */
const up = (lines: number) => `\u001B[${lines}A\r`;
const ERASE_LINE = '\u001B[K';
const ERASE_BELOW = '\u001B[J';

/**
 * One message that changes. On a live terminal it is redrawn in place, cut to the screen's height because what scrolled away
 * cannot be reached; its end is printed whole. Elsewhere (a pipe, a CI log) only lines that are new are printed.
 */
export class LiveView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #drawn: readonly string[] = [];
  #printed = new Set<string>();

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(message: Message): void {
    if (this.#terminal.isLive) this.#redraw(this.#render(message).slice(0, Math.max(1, this.#terminal.rows() - 2)));
    else this.#printNew(message);
  }

  /** The last state; what comes after is written below it. */
  finish(message: Message): void {
    if (this.#terminal.isLive) this.#redraw(this.#render(message));
    else this.#printNew(message);
    this.#drawn = [];
  }

  #render(message: Message): string[] {
    const { hasColors } = this.#terminal;
    return renderMessage(message, { width: this.#terminal.columns() - 1, hasColors, now: this.#now() });
  }

  /** Each line is written over the one that stands there: erasing all of them first would be seen as flicker. */
  #redraw(lines: readonly string[]): void {
    const drawn = this.#drawn.length;
    if (drawn === 0) this.#terminal.write(`${lines.join('\n')}\n`);
    else if (!isSameJson(lines, this.#drawn))
      this.#terminal.write(`${up(drawn)}${lines.map((line) => `${line}${ERASE_LINE}\n`).join('')}${ERASE_BELOW}`);
    this.#drawn = lines;
  }

  #printNew(message: Message): void {
    // Times are relative to now: in a log they would make every line new.
    const elements = message.elements.filter((element) => element.type !== 'time' && element.type !== 'buttons');
    const lines = this.#render({ ...message, elements }).map((line) => truncate(line, 400));
    const fresh = lines.filter((line) => line !== '' && !this.#printed.has(line));
    this.#printed = new Set(lines);
    if (fresh.length > 0) this.#terminal.write(`${fresh.join('\n')}\n`);
  }
}
