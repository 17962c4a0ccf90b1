import type { Argument } from './argument.ts';
import { quoteWord } from './words.ts';

/** What a usage line needs of a command. */
export type Usable = { readonly name: string; readonly arguments: readonly Argument[] };

/** `/deploy <app> <environment> [version] [--reason <text>]`; values already typed stand in their places. */
export function usage(command: Usable, typed: Readonly<Record<string, string | true>> = {}): string {
  const parts = command.arguments.flatMap((argument) => {
    const value = typed[argument.name];
    return [value === undefined ? placeholder(argument) : filled(argument, value)];
  });
  return [`/${command.name}`, ...parts].join(' ');
}

/** The command line that says exactly this: for corrections that a person can send as they stand. */
export function commandLine(command: Usable, typed: Readonly<Record<string, string | true>>): string {
  const parts = command.arguments.flatMap((argument) => {
    const value = typed[argument.name];
    return value === undefined ? [] : [filled(argument, value)];
  });
  return [`/${command.name}`, ...parts].join(' ');
}

function filled(argument: Argument, value: string | true): string {
  if (value === true) return `--${argument.name}`;
  return argument.isPositional ? quoteWord(value) : `--${argument.name} ${quoteWord(value)}`;
}

function placeholder(argument: Argument): string {
  if (argument.isPositional) return argument.isRequired ? `<${argument.label}>` : `[${argument.label}]`;
  const value = argument.choices.length > 0 ? argument.choices.join('|') : argument.kind === 'number' ? 'number' : 'text';
  const flag = argument.kind === 'switch' ? `--${argument.name}` : `--${argument.name} ${value}`;
  return argument.isRequired ? flag : `[${flag}]`;
}
