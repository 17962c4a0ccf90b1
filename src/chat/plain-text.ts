/**
 * Text that came from people, engines or logs, made safe to show as plain text anywhere: no control characters (a terminal
 * would obey them), no bidirectional overrides or invisible format characters (they make text read as something it is not).
 */
const BREAKS = /\r\n?|[\u2028\u2029]/g;
const UNSAFE = /[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
/** Colour and cursor sequences of terminals (ECMA-48 CSI and OSC), removed as a whole so that no `[31m` stays behind. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const SEQUENCES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]{0,2000}(?:\u0007|\u001B\\)|\u009B[0-?]*[ -/]*[@-~]/g;

/** Lines are kept, tabs become two spaces, everything unsafe goes. */
export function plainText(text: string): string {
  return toWellFormed(text)
    .replace(SEQUENCES, '')
    .replace(BREAKS, '\n')
    .replace(/\t/g, '  ')
    .replace(UNSAFE, (character) => (character === '\n' ? '\n' : ''));
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** At most `max` characters, never cutting one in half; what was cut shows as an ellipsis. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = toWellFormed(text.slice(0, max - 1)).replace(/\uFFFD$/u, '');
  return `${kept.trimEnd()}…`;
}

/** The end of a long text, from a line's start: for logs, where the newest lines matter. */
export function clipStart(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = toWellFormed(text.slice(text.length - max + 2)).replace(/^\uFFFD/u, '');
  const lineStart = kept.indexOf('\n');
  return `…\n${lineStart >= 0 && lineStart < kept.length - 1 ? kept.slice(lineStart + 1) : kept}`;
}

function toWellFormed(text: string): string {
  return text.toWellFormed();
}
