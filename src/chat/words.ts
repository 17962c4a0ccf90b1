/** One word as it was typed: `start` and `end` are its place in the text (quotes included), `text` what it says. */
export type Word = { readonly text: string; readonly start: number; readonly end: number; readonly isQuoted: boolean };

export type Words = {
  readonly words: readonly Word[];
  /** The quotation mark that was opened and never closed. */
  readonly unclosed: string | null;
};

/** What phones and word processors put in place of the plain marks; a quote opened by one may be closed by any of its kind. */
const DOUBLE = new Set(['"', '“', '”', '„', '‟', '«', '»', '＂']);
const SINGLE = new Set(["'", '‘', '’', '‚', '‛', '`']);
const DASHES = /^[—–―](?=[A-Za-z])/;

/**
 * Splits like a shell, as far as a chat needs it: spaces separate, quotes keep together, `\` keeps the next quote. A quote
 * opens only at the start of a word or after `=`, so that the apostrophe of `don’t` is just a letter. A leading long dash
 * (what phones make of `--`) is two dashes again.
 */
export function splitWords(text: string): Words {
  const words: Word[] = [];
  let index = 0;
  while (index < text.length) {
    if (isSpace(text[index])) {
      index += 1;
      continue;
    }
    const start = index;
    let value = '';
    let isQuoted = false;
    while (index < text.length && !isSpace(text[index])) {
      const character = text[index] ?? '';
      const kind = quoteKind(character);
      if (kind !== null && (index === start || text[index - 1] === '=')) {
        const quoted = readQuoted(text, index + 1, kind);
        value += quoted.value;
        isQuoted = true;
        index = quoted.next;
        if (!quoted.isClosed) {
          words.push({ text: value, start, end: index, isQuoted });
          return { words, unclosed: character };
        }
        continue;
      }
      value += character;
      index += 1;
    }
    words.push({ text: isQuoted ? value : value.replace(DASHES, '--'), start, end: index, isQuoted });
  }
  return { words, unclosed: null };
}

/** Quoted so that {@link splitWords} reads it back as one word. */
export function quoteWord(text: string): string {
  return /^[^\s"'`“”„‟«»‘’‚‛＂—–―\\=-][^\s\\=]*$/.test(text) ? text : inQuotes(text);
}

/** The same in quotes even where a bare word would do: every mark that could close them is escaped. */
export function inQuotes(text: string): string {
  return `"${text.replace(/[\\"“”„‟«»＂]/g, '\\$&')}"`;
}

function readQuoted(text: string, from: number, kind: ReadonlySet<string>): { value: string; next: number; isClosed: boolean } {
  let value = '';
  for (let index = from; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const next = text[index + 1] ?? '';
    if (character === '\\' && (kind.has(next) || next === '\\')) {
      value += next;
      index += 1;
    } else if (kind.has(character)) {
      return { value, next: index + 1, isClosed: true };
    } else {
      value += character;
    }
  }
  return { value, next: text.length, isClosed: false };
}

function quoteKind(character: string): ReadonlySet<string> | null {
  if (DOUBLE.has(character)) return DOUBLE;
  return SINGLE.has(character) ? SINGLE : null;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/u.test(character);
}
