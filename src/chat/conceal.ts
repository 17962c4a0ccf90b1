import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Command } from './define-command.ts';
import { didYouMean } from './did-you-mean.ts';
import { stripUmbrella } from './umbrella.ts';
import { splitWords } from './words.ts';

/**
 * What may be shown and stored of a typed text. A command that conceals keeps only what it understood: a word too many may be the
 * secret itself. A misspelt one counts as what it was probably meant to be.
 */
export function showableText<App>(text: string, commands: readonly Command<App>[], isUnderstood: boolean): string {
  if (isUnderstood) return text;
  const { words } = stripUmbrella(splitWords(text).words);
  const name = (words[0]?.text ?? '').replace(/^\/+/, '').toLowerCase();
  const command = concealing(name, commands);
  if (command === null) return text;
  const choices = command.arguments[0]?.choices ?? [];
  const first = words[1]?.text ?? '';
  return [`/${command.name}`, ...(choices.includes(first) ? [first] : []), '•••'].join(' ');
}

/** The command of this name, or the one it was meant to be, when it conceals what is typed. */
export function concealing<App>(name: string, commands: readonly Command<App>[]): Command<App> | null {
  const meant = didYouMean(
    name,
    commands.map((command) => command.name),
  );
  return commands.find((command) => command.conceals === true && (command.name === name || command.name === meant)) ?? null;
}

/** The answer to a word that may be a secret. It says nothing of the word. */
export function typedSecret<App>(command: Command<App>): Refusal {
  return refusal(
    'invalid_arguments',
    'If that was a secret, it now stands in this chat: treat it as known.',
    `Nothing was stored. Choose another value and leave it out of the command: /${command.name} asks for it in a form that only you see.`,
  );
}
