import { inQuotes, quoteWord } from '../../src/chat/words.ts';
import type { DescribedCommand } from './application-commands.ts';
import { UMBRELLA, UMBRELLA_OPTION } from './application-commands.ts';
import type { TypedOption } from './interaction.ts';

type Called = { readonly name: string; readonly options: readonly TypedOption[] };

/**
 * The options that a person filled in as the line they could have typed: the core's parser is the only one, on every platform. Positional values stand
 * bare as long as none before them is missing and nothing in them could be read as a flag; all others are named.
 */
export function commandLineOf(called: Called, commands: readonly DescribedCommand[]): string {
  if (called.name === UMBRELLA) return stringValue(called, UMBRELLA_OPTION);
  const { words, rest } = positionals(called, commands);
  return [called.name, ...words, ...rest.flatMap(namedWord)].join(' ');
}

/** The same up to the option that is being typed, for completion; null when none is. */
export function lineToComplete(called: Called, commands: readonly DescribedCommand[]): string | null {
  const focused = called.options.find((option) => option.focused === true);
  if (focused === undefined) return null;
  const typed = String(focused.value ?? '');
  if (called.name === UMBRELLA) return typed;
  const others = called.options.filter((option) => option !== focused);
  const { words, rest, nextPositional } = positionals({ ...called, options: others }, commands);
  const before = [called.name, ...words, ...rest.flatMap(namedWord)];
  return [...before, ...(nextPositional === focused.name ? [] : [`--${focused.name}`]), openWord(typed)].join(' ');
}

function positionals({ name, options }: Called, commands: readonly DescribedCommand[]) {
  const order = commands.find((command) => command.name === name)?.arguments.filter((argument) => argument.isPositional) ?? [];
  const words: string[] = [];
  for (const argument of order) {
    const value = options.find((option) => option.name === argument.name)?.value;
    if (value === undefined || mayLookLikeAFlag(String(value))) break;
    words.push(quoteWord(String(value)));
  }
  const placed = new Set(order.slice(0, words.length).map((argument) => argument.name));
  return { words, rest: options.filter((option) => !placed.has(option.name)), nextPositional: order[words.length]?.name ?? null };
}

/** The parser takes a leading dash for a flag even in quotes when an equals sign follows. */
function mayLookLikeAFlag(value: string): boolean {
  return /^[-—–―]/.test(value);
}

function namedWord({ name, value }: TypedOption): readonly string[] {
  if (value === undefined || value === false) return [];
  return [value === true ? `--${name}` : `--${name}=${inQuotes(String(value))}`];
}

/** A word that is still being typed: an opening quote where it needs one, and none that closes it. */
function openWord(typed: string): string {
  const word = quoteWord(typed);
  return typed === '' ? '' : word.startsWith('"') ? word.slice(0, -1) : word;
}

function stringValue({ options }: Called, name: string): string {
  const value = options.find((option) => option.name === name)?.value;
  return value === undefined ? 'help' : String(value);
}
