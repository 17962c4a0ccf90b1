import { stripVTControlCharacters } from 'node:util';

/** One line as a container wrote it. */
export type LogEntry = { readonly stream: 'stdout' | 'stderr'; readonly text: string };

const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * The engine's multiplexed stream (Engine API, "Stream format"): frames of an 8-byte header (stream, three zero bytes,
 * big-endian length) and a payload. A service with a terminal has no frames: what does not look like one is plain output.
 */
export function parseLogFrames(bytes: Buffer): readonly LogEntry[] {
  if (!isFramed(bytes)) return linesOf('stdout', bytes.toString('utf8'));
  const entries: LogEntry[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    entries.push(...linesOf(bytes[at] === STDERR ? 'stderr' : 'stdout', payload.toString('utf8')));
    at += HEADER_BYTES + length;
  }
  return entries;
}

function isFramed(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const [stream = 0xff, ...zeros] = bytes.subarray(0, 4);
  return stream <= STDERR && zeros.every((byte) => byte === 0);
}

function linesOf(stream: LogEntry['stream'], text: string): readonly LogEntry[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ stream, text: line }));
}

export type DetailedLine = { readonly at: number | null; readonly details: Readonly<Record<string, string>>; readonly text: string };

/** With `timestamps` and `details` a line is `<RFC 3339> <key>=<value>,… <text>`, keys and values percent-encoded. */
export function parseDetailedLine(line: string): DetailedLine {
  const match = /^(\d{4}-\d\d-\d\dT\S+) (\S*) ?(.*)$/s.exec(line);
  if (match === null) return { at: null, details: {}, text: cleanText(line) };
  const [, time = '', list = '', text = ''] = match;
  const at = Date.parse(time);
  const details = Object.fromEntries(
    list.split(',').map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return [decode(key), decode(value)];
    }),
  );
  return { at: Number.isNaN(at) ? null : at, details, text: cleanText(text) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded after all.
    return text;
  }
}

// Control characters except the tab, line separators, and marks that turn the direction of writing.
const UNWANTED = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Without escape sequences and control characters: it will stand in a chat message or a terminal. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text).replace(UNWANTED, '');
}
