import type { Argument } from './argument.ts';
import type { CommandContext, Completion } from './command.ts';
import type { Command } from './define-command.ts';
import { INPUT_LIMITS } from './limits.ts';
import { stripUmbrella } from './umbrella.ts';
import { quoteWord, splitWords, type Word } from './words.ts';

export type Completed = { readonly replaceFrom: number; readonly completions: readonly Completion[] };

/**
 * What may stand at the end of `text` (the text up to the cursor). Values come from the commands' own `complete`; a command
 * that cannot answer offers nothing. A completed value is already quoted where it needs to be.
 */
export async function completeCommand<App>(
  text: string,
  commands: readonly Command<App>[],
  app: App,
  context: CommandContext,
): Promise<Completed> {
  if (text.length > INPUT_LIMITS.commandLength) return { replaceFrom: text.length, completions: [] };
  const all = splitWords(text).words;
  const last = all.at(-1);
  const isInWord = last !== undefined && last.end === text.length;
  const current: Word = isInWord ? last : { text: '', start: text.length, end: text.length, isQuoted: false };
  const { words, hadUmbrella } = stripUmbrella(isInWord ? all.slice(0, -1) : all);

  const name = words[0];
  if (name === undefined) {
    const slash = current.text.startsWith('/') || (current.text === '' && !hadUmbrella) ? '/' : '';
    const offered = commands.map((command) => ({ value: `${slash}${command.name}`, label: command.summary }));
    return { replaceFrom: current.start, completions: matching(offered, current.text) };
  }
  const command = commands.find((candidate) => candidate.name === name.text.replace(/^\/+/, '').toLowerCase());
  if (command === undefined) return { replaceFrom: current.start, completions: [] };
  return completeArgument(command, words.slice(1), current, app, context);
}

async function completeArgument<App>(
  command: Command<App>,
  before: readonly Word[],
  current: Word,
  app: App,
  context: CommandContext,
): Promise<Completed> {
  const { typed, pendingFlag } = readTyped(command, before);
  if (pendingFlag === null && !current.isQuoted && current.text.startsWith('-')) {
    const inline = /^--?([A-Za-z]+)=(.*)$/.exec(current.text);
    if (inline === null) {
      const flags = command.arguments.filter((argument) => !argument.isPositional && typed[argument.name] === undefined);
      const offered = flags.map((flag) => ({ value: `--${flag.name}`, label: flag.explains }));
      return { replaceFrom: current.start, completions: matching(offered, current.text) };
    }
    const flag = command.arguments.find((argument) => argument.name === inline[1]?.toLowerCase());
    const values = flag === undefined ? [] : await valuesOf(command, flag, typed, app, context);
    return { replaceFrom: current.end - (inline[2]?.length ?? 0), completions: matching(values, inline[2] ?? '').map(quoted) };
  }
  const argument = pendingFlag ?? nextPositional(command, typed);
  if (argument === null) return { replaceFrom: current.start, completions: [] };
  const values = await valuesOf(command, argument, typed, app, context);
  return { replaceFrom: current.start, completions: matching(values, current.text).map(quoted) };
}

type Typed = Readonly<Record<string, string>>;

async function valuesOf<App>(command: Command<App>, argument: Argument, typed: Typed, app: App, context: CommandContext) {
  if (argument.choices.length > 0) return argument.choices.map((choice) => ({ value: choice, label: '' }));
  return command.complete === undefined ? [] : await command.complete(app, argument.name, typed, context);
}

function nextPositional<App>(command: Command<App>, typed: Typed): Argument | null {
  return command.arguments.find((argument) => argument.isPositional && typed[argument.name] === undefined) ?? null;
}

/** Like parsing, but forgiving: what cannot be placed is passed over. */
function readTyped<App>(command: Command<App>, words: readonly Word[]): { typed: Typed; pendingFlag: Argument | null } {
  const typed: Record<string, string> = {};
  let pendingFlag: Argument | null = null;
  for (const word of words) {
    if (pendingFlag !== null) {
      typed[pendingFlag.name] = word.text;
      pendingFlag = null;
      continue;
    }
    const flag = word.isQuoted ? null : /^--?([A-Za-z]+)(?:=(.*))?$/.exec(word.text);
    if (flag !== null) {
      const argument = command.arguments.find((candidate) => candidate.name === flag[1]?.toLowerCase());
      if (argument === undefined) continue;
      if (flag[2] !== undefined || argument.kind === 'switch') typed[argument.name] = flag[2] ?? 'true';
      else pendingFlag = argument;
      continue;
    }
    const argument = nextPositional(command, typed);
    if (argument !== null) typed[argument.name] = word.text;
  }
  return { typed, pendingFlag };
}

/** Those that start with the typed text first, then those that contain it. */
function matching(completions: readonly Completion[], typed: string): readonly Completion[] {
  const wanted = typed.toLowerCase();
  const starts = completions.filter(({ value }) => value.toLowerCase().startsWith(wanted));
  const contains = completions.filter(
    ({ value }) => !starts.some((start) => start.value === value) && value.toLowerCase().includes(wanted),
  );
  return [...starts, ...contains].slice(0, INPUT_LIMITS.completions);
}

function quoted(completion: Completion): Completion {
  return { ...completion, value: quoteWord(completion.value) };
}
