/**
 * Splits a command line as a POSIX shell would into words: quotes and backslashes are honoured, nothing is expanded.
 * Null when a quote or an escape is left open. Comments (`#` at the start of a word) end the line, as Docker reads them.
 */
export function splitShellWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (quote === "'") {
      if (character === "'") quote = null;
      else word = (word ?? '') + character;
    } else if (character === '\\') {
      index += 1;
      const next = line[index];
      if (next === undefined) return null;
      // Inside double quotes a backslash stands for itself unless it protects a quote or a backslash.
      word = (word ?? '') + (quote === '"' && next !== '"' && next !== '\\' ? `\\${next}` : next);
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === '#' && word === null) {
      const lineEnd = line.indexOf('\n', index);
      if (lineEnd === -1) break;
      index = lineEnd;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}
