import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StartRefused } from '../start-refused.ts';

/** No record is longer; a file that has such a line is not read into the memory. */
const LONGEST = 64 * 1024 * 1024;

/**
 * The lines of a file, `-` for standard input, a piece in memory at a time. Only a line feed ends one: `node:readline` also splits at
 * U+2028, which may stand inside of a record.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  const input: Readable = path === '-' ? process.stdin : createReadStream(path);
  input.setEncoding('utf8');
  let rest = '';
  try {
    for await (const piece of input as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST) throw new StartRefused(`${path} is no export: a line of it does not end`, []);
      for (const line of lines) yield line.replace(/\r$/, '');
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    throw new StartRefused(`${path} cannot be read (${code})`, []);
  }
  if (rest !== '') yield rest;
}
