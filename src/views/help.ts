import type { Argument } from '../chat/argument.ts';
import type { Message } from '../chat/message.ts';
import { type Usable, usage } from '../chat/usage.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';

export type HelpFacts = Usable & {
  readonly summary: string;
  readonly examples: readonly { readonly text: string; readonly explains: string }[];
};

/** All commands on a line each. */
export function helpOverview(commands: readonly HelpFacts[]): Message {
  return composeMessage('What you can type', 'neutral', [
    header('What you can type'),
    { type: 'table', columns: ['Command', 'What it does'], rows: commands.map((command) => [usage(command), command.summary]) },
    quiet('<…> is needed, […] may be left out. More about one: /help deploy. “/shipmate deploy …” and “@shipmate deploy …” work too.'),
  ]);
}

/** One command with its arguments and examples. */
export function helpFor(command: HelpFacts): Message {
  return composeMessage(`${usage(command)}: ${command.summary}`, 'neutral', [
    header(`/${command.name}`),
    strong(usage(command)),
    text(command.summary),
    { type: 'table', columns: ['Argument', '', 'Meaning'], rows: command.arguments.map(argumentRow) },
    { type: 'table', columns: ['Example', 'What happens'], rows: command.examples.map((example) => [example.text, example.explains]) },
  ]);
}

function argumentRow(argument: Argument): readonly string[] {
  const name = argument.isPositional ? argument.label : `--${argument.name}`;
  const values = argument.choices.length === 0 ? '' : ` One of ${argument.choices.join(', ')}.`;
  return [name, argument.isRequired ? 'needed' : 'optional', `${argument.explains}${values}`.trim()];
}
