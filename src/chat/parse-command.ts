import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Argument } from './argument.ts';
import { concealing, typedSecret } from './conceal.ts';
import type { ArgumentProblem, BoundCommand, Command } from './define-command.ts';
import { didYouMean } from './did-you-mean.ts';
import { INPUT_LIMITS } from './limits.ts';
import { clip, plainLine } from './plain-text.ts';
import { stripUmbrella } from './umbrella.ts';
import { commandLine, usage } from './usage.ts';
import { quoteWord, splitWords, type Word } from './words.ts';

export type ParsedCommand<App> =
  | { readonly ok: true; readonly command: Command<App>; readonly typed: Typed; readonly bound: BoundCommand<App> }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** As far as it was understood: the command, what was typed, and the argument that is missing, so that its values can be offered. */
      readonly command: Command<App> | null;
      readonly typed: Typed;
      readonly missing: string | null;
    };

export type Typed = Readonly<Record<string, string | true>>;

/** Reads what a person typed. Never throws: what cannot be read is refused with what to type instead. */
export function parseCommand<App>(text: string, commands: readonly Command<App>[]): ParsedCommand<App> {
  if (text.length > INPUT_LIMITS.commandLength) {
    return unread(
      refusal(
        'invalid_arguments',
        `That is ${text.length} characters long; a command has at most ${INPUT_LIMITS.commandLength}.`,
        'Shorten it, for instance the reason.',
      ),
    );
  }
  const { words, unclosed } = splitWords(text);
  if (unclosed !== null) {
    return unread(
      refusal(
        'invalid_arguments',
        `A quotation mark (${unclosed}) was opened and never closed.`,
        'Close it, or leave it out: only values with spaces need quotes.',
      ),
    );
  }
  if (words.length > INPUT_LIMITS.words) {
    return unread(
      refusal(
        'invalid_arguments',
        `That has ${words.length} words; a command has at most ${INPUT_LIMITS.words}.`,
        'Put a long reason in quotes: --reason "…".',
      ),
    );
  }
  const { words: rest } = stripUmbrella(words);
  const name = (rest[0]?.text ?? 'help').replace(/^\/+/, '').toLowerCase();
  const command = commands.find((candidate) => candidate.name === name);
  return command === undefined ? unread(unknownCommand(name, rest, commands)) : parseArguments(command, rest.slice(1));
}

function unread<App>(refused: Refusal): ParsedCommand<App> {
  return { ok: false, refusal: refused, command: null, typed: {}, missing: null };
}

function unknownCommand<App>(name: string, words: readonly Word[], commands: readonly Command<App>[]): Refusal {
  const meant = didYouMean(
    name,
    commands.map((command) => command.name),
  );
  const hidden = concealing(name, commands);
  if (hidden !== null) return { ...typedSecret(hidden), refused: 'unknown_command' };
  const rest = words.slice(1).map((word) => (word.isQuoted ? quoteWord(word.text) : word.text));
  const shown = clip(plainLine(name), 40);
  if (meant !== null) {
    return refusal(
      'unknown_command',
      `There is no command /${shown}. Did you mean /${meant}?`,
      `Type: ${clip(plainLine([`/${meant}`, ...rest].join(' ')), 200)}`,
    );
  }
  return refusal(
    'unknown_command',
    `There is no command /${shown}.`,
    `Type /help to see them all: ${commands.map((command) => `/${command.name}`).join(', ')}.`,
  );
}

function parseArguments<App>(command: Command<App>, words: readonly Word[]): ParsedCommand<App> {
  const read = assign(command, words);
  const { typed } = read;
  const refused = (message: string, hint: string, missing: string | null = null): ParsedCommand<App> => ({
    ok: false,
    command,
    typed,
    missing,
    refusal: refusal('invalid_arguments', message, hint),
  });
  if (read.problem !== null && command.conceals === true) return unread(typedSecret(command));
  if (read.problem !== null) return refused(read.problem, read.hint ?? `Type: ${usage(command, typed)}`);

  const bound = command.bind(typed);
  if (bound.ok) return { ok: true, command, typed, bound };
  const [problem] = bound.problems;
  const missing = bound.problems.filter((candidate) => candidate.isMissing);
  if (missing.length > 0) {
    const labels = missing.map((candidate) => `<${labelOf(command, candidate.argument)}>`);
    return refused(`/${command.name} needs ${list(labels)}.`, `Type: ${usage(command, typed)}`, missing[0]?.argument ?? null);
  }
  if (command.conceals === true) return unread(concealedProblem(command, problem));
  return refused(problem === undefined ? 'That cannot be read.' : sentence(command, typed, problem), `Type: ${usage(command)}`);
}

type Assigned = { readonly typed: Typed; readonly problem: string | null; readonly hint: string | null };

/** Puts each word where it belongs: positional arguments in order, `--flag value`, `--flag=value`, `--switch`; `--` ends the flags. */
function assign<App>(command: Command<App>, words: readonly Word[]): Assigned {
  const typed: Record<string, string | true> = Object.create(null);
  const positional = [...command.positional];
  let flagsEnded = false;
  const stop = (problem: string, hint: string | null = null): Assigned => ({ typed: { ...typed }, problem, hint });

  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const startsWithQuote = word.isQuoted && !word.text.includes('=');
    if (!flagsEnded && !startsWithQuote && word.text === '--') {
      flagsEnded = true;
    } else if (!flagsEnded && !startsWithQuote && /^--?[A-Za-z]/.test(word.text)) {
      const flag = readFlag(command, word.text, words[index + 1]);
      if (!flag.ok) return stop(flag.problem, flag.hint);
      if (typed[flag.name] !== undefined) return stop(`--${flag.name} stands there twice.`, 'Keep one of them.');
      typed[flag.name] = flag.value;
      if (flag.usedNext) index += 1;
    } else {
      const name = positional.find((candidate) => typed[candidate] === undefined);
      if (name === undefined) return stop(tooMany(command, word), tooManyHint(command, typed, words.slice(index)));
      typed[name] = word.text;
    }
  }
  return { typed: { ...typed }, problem: null, hint: null };
}

type Flag =
  | { readonly ok: true; readonly name: string; readonly value: string | true; readonly usedNext: boolean }
  | { readonly ok: false; readonly problem: string; readonly hint: string | null };

function readFlag<App>(command: Command<App>, text: string, next: Word | undefined): Flag {
  const [head = '', ...tail] = text.replace(/^-+/, '').split('=');
  const given = tail.length > 0 ? tail.join('=') : null;
  const name = head.toLowerCase();
  const argument = command.arguments.find((candidate) => candidate.name === name);
  if (argument === undefined) return unknownFlag(command, head);
  if (argument.kind === 'switch') {
    if (given === null || /^(true|yes|1)$/i.test(given)) return { ok: true, name, value: true, usedNext: false };
    return { ok: false, problem: `--${name} takes no value.`, hint: `Write --${name}, or leave it out.` };
  }
  if (given !== null) return { ok: true, name, value: given, usedNext: false };
  if (next === undefined || (!next.isQuoted && /^--[A-Za-z]/.test(next.text))) {
    return {
      ok: false,
      problem: `--${name} needs a value.`,
      hint: `Write it after the flag: --${name} ${argument.kind === 'number' ? '20' : '"…"'}`,
    };
  }
  return { ok: true, name, value: next.text, usedNext: true };
}

function unknownFlag<App>(command: Command<App>, head: string): Flag {
  const flags = command.arguments.filter((argument) => !argument.isPositional).map((argument) => argument.name);
  const shown = clip(plainLine(head), 40);
  const meant = didYouMean(head, flags);
  const problem = `/${command.name} has no --${shown}.${meant === null ? '' : ` Did you mean --${meant}?`}`;
  return { ok: false, problem, hint: flags.length === 0 ? null : `It knows ${list(flags.map((flag) => `--${flag}`))}.` };
}

function tooMany<App>(command: Command<App>, word: Word): string {
  const takes = command.positional.length;
  return `“${clip(plainLine(word.text), 40)}” is one word too many: /${command.name} takes ${takes === 0 ? 'none' : `at most ${takes}`}.`;
}

/** Most people who type too many words forgot the quotes around a reason. */
function tooManyHint<App>(command: Command<App>, typed: Typed, rest: readonly Word[]): string {
  const takesReason = command.arguments.some((argument) => argument.name === 'reason');
  const surplus = plainLine(rest.map((word) => word.text).join(' '));
  if (!takesReason) return `Type: ${usage(command)}`;
  const before = typeof typed['reason'] === 'string' ? `${typed['reason']} ` : '';
  return `Put a reason in quotes: ${commandLine(command, { ...typed, reason: clip(before + surplus, 120) })}`;
}

function sentence<App>(command: Command<App>, typed: Typed, problem: ArgumentProblem): string {
  const argument = command.arguments.find((candidate) => candidate.name === problem.argument);
  const value = typed[problem.argument];
  const shown = typeof value === 'string' ? ` “${clip(plainLine(value), 60)}”` : '';
  const meant = argument !== undefined && typeof value === 'string' ? didYouMean(value, argument.choices) : null;
  return `The ${argument?.label ?? problem.argument}${shown} ${expectation(argument, problem)}.${meant === null ? '' : ` Did you mean ${meant}?`}`;
}

function expectation(argument: Argument | undefined, problem: ArgumentProblem): string {
  if (argument?.kind === 'choice') return `must be one of ${list(argument.choices)}`;
  return /^(Invalid|Too|Unrecognized)/.test(problem.message) && argument?.kind === 'number' ? 'must be a whole number' : problem.message;
}

/** Says what is wrong and not with what: a word in the wrong place may be the secret. */
function concealedProblem<App>(command: Command<App>, problem: ArgumentProblem | undefined): Refusal {
  const argument = command.arguments.find((candidate) => candidate.name === problem?.argument);
  if (argument === undefined || problem === undefined || !argument.isRequired) return typedSecret(command);
  const message = `The ${argument.label} ${expectation(argument, problem)}.`;
  return refusal('invalid_arguments', message, `Type: ${usage(command)}`);
}

function labelOf<App>(command: Command<App>, name: string): string {
  return command.arguments.find((argument) => argument.name === name)?.label ?? name;
}

function list(items: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(items);
}
