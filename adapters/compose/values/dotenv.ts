import type { Lookup, TemplateProblem } from './template.ts';
import { substitute } from './template.ts';

type DotenvEntry = { readonly name: string; readonly value: string | null; readonly line: number };
type DotenvProblem = { readonly line: number; readonly problem: string };
export type Dotenv = { readonly entries: readonly DotenvEntry[]; readonly problems: readonly DotenvProblem[] };

const ASSIGNMENT = /^(?:export[ \t]+)?([^\s=:#'"]+)[ \t]*(?:[=:](.*))?$/s;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * An env file by Compose's rules: `NAME=value`, `export NAME=value`, comments, single quotes taken literally, double quotes with
 * escapes, quoted values over several lines, `${…}` filled in outside single quotes, and a bare `NAME` (value null) that takes
 * its value from elsewhere. With `raw` every value is taken as it stands, quotes included.
 */
export function parseDotenv(text: string, lookup: Lookup, format: 'dotenv' | 'raw' = 'dotenv'): Dotenv {
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  const earlier = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    const trimmed = (lines[index] ?? '').trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = ASSIGNMENT.exec(trimmed);
    const name = match?.[1] ?? '';
    if (match === null || !NAME.test(name)) {
      problems.push({ line, problem: 'This line is not of the form NAME=value.' });
      continue;
    }
    const written = match[2];
    if (written === undefined) {
      entries.push({ name, value: null, line });
      continue;
    }
    if (format === 'raw') {
      entries.push({ name, value: written, line });
      continue;
    }
    const value = readValue(written.trimStart(), lines, index);
    if (value === null) {
      problems.push({ line, problem: 'A quote is left open.' });
      break;
    }
    index = value.lastLine;
    const filled = value.isLiteral
      ? { text: value.text, problems: [] }
      : substitute(value.text, (asked) => earlier.get(asked) ?? lookup(asked));
    for (const problem of filled.problems) problems.push({ line, problem: describe(problem) });
    earlier.set(name, filled.text);
    entries.push({ name, value: filled.text, line });
  }
  return { entries, problems };
}

type Value = { readonly text: string; readonly isLiteral: boolean; readonly lastLine: number };

function readValue(start: string, lines: readonly string[], first: number): Value | null {
  const quote = start[0];
  if (quote !== '"' && quote !== "'") return { text: start.replace(/(^|\s)#.*$/s, '').trimEnd(), isLiteral: false, lastLine: first };
  let before = '';
  let current = start.slice(1);
  for (let index = first; ; index += 1) {
    const end = closingQuote(current, quote);
    if (end !== null) {
      const inside = before + current.slice(0, end);
      return { text: quote === '"' ? unescaped(inside) : inside.replaceAll("\\'", "'"), isLiteral: quote === "'", lastLine: index };
    }
    const next = lines[index + 1];
    if (next === undefined) return null;
    before += `${current}\n`;
    current = next;
  }
}

function closingQuote(text: string, quote: string): number | null {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === quote) return index;
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (whole, character: string) => ESCAPES[character] ?? whole);
}

function describe(problem: TemplateProblem): string {
  switch (problem.kind) {
    case 'malformed':
      return 'This line holds something that is not a valid variable; write `$$` for a plain dollar.';
    case 'missing':
      return `The variable ${problem.name} is not set.`;
    case 'required':
      return `The variable ${problem.name} is required and not set.`;
  }
}
