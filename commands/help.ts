import { z } from 'zod';
import type { Command } from '../src/chat/define-command.ts';
import { didYouMean } from '../src/chat/did-you-mean.ts';
import { refusal } from '../src/domain/refusal.ts';
import { helpFor, helpOverview } from '../src/views/help.ts';
import { type App, command } from './app.ts';
import { privately, refused } from './replies.ts';

/** Knows all commands, itself included, so it is made from the others. */
export function createHelp(others: readonly Command<App>[]): Command<App> {
  const all = () => [...others, help];
  const names = () => all().map((candidate) => candidate.name);
  const help: Command<App> = command({
    name: 'help',
    summary: 'Show what you can type, or all about one command',
    schema: z.object({
      command: z.string().trim().toLowerCase().max(40, 'is no command').optional().meta({ description: 'The command to explain.' }),
    }),
    positional: ['command'],
    permission: null,
    changesEnvironment: false,
    examples: [
      { text: '/help', explains: 'every command on one line' },
      { text: '/help deploy', explains: 'arguments and examples of one command' },
    ],
    complete: async (_app, argument) => (argument === 'command' ? all().map(({ name, summary }) => ({ value: name, label: summary })) : []),
    async handle(_app, args) {
      if (args.command === undefined) return privately(helpOverview(all()));
      const name = args.command.replace(/^\/+/, '');
      const found = all().find((candidate) => candidate.name === name);
      if (found !== undefined) return privately(helpFor(found));
      const meant = didYouMean(name, names());
      const message = `There is no command /${name}.${meant === null ? '' : ` Did you mean /${meant}?`}`;
      return refused(refusal('unknown_command', message, meant === null ? `There are: ${names().join(', ')}.` : `Type: /help ${meant}`));
    },
  });
  return help;
}
