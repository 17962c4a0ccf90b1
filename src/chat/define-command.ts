import type { z } from 'zod';
import { type Argument, describeArguments } from './argument.ts';
import type { CommandContext, CommandDefinition, Reply } from './command.ts';

/**
 * A definition whose arguments' types stay inside: lists of commands with different schemas need one type, and a handler must
 * only ever get arguments that its own schema accepted. `bind` is the only way to a handler.
 */
export type Command<App> = Pick<
  CommandDefinition<App>,
  'name' | 'summary' | 'positional' | 'permission' | 'changesEnvironment' | 'examples' | 'complete' | 'form' | 'conceals' | 'opensForm'
> & {
  readonly arguments: readonly Argument[];
  bind(raw: RawArguments): BoundCommand<App> | UnboundCommand;
};

/** As typed: text, or true for a switch. */
type RawArguments = Readonly<Record<string, string | true>>;

export type BoundCommand<App> = { readonly ok: true; run(app: App, context: CommandContext): Promise<Reply> };

type UnboundCommand = { readonly ok: false; readonly problems: readonly ArgumentProblem[] };

export type ArgumentProblem = { readonly argument: string; readonly isMissing: boolean; readonly message: string };

export function defineCommand<App, Schema extends z.ZodObject>(definition: CommandDefinition<App, Schema>): Command<App> {
  const { name, summary, positional, permission, changesEnvironment, examples, complete, form, conceals, opensForm, schema } = definition;
  return {
    name,
    summary,
    positional,
    permission,
    changesEnvironment,
    examples,
    ...(complete === undefined ? {} : { complete }),
    ...(form === undefined ? {} : { form }),
    ...(conceals === undefined ? {} : { conceals }),
    ...(opensForm === undefined ? {} : { opensForm }),
    arguments: describeArguments(schema, positional),
    bind(raw) {
      const parsed = schema.safeParse(raw);
      if (parsed.success) {
        const args = parsed.data;
        return { ok: true, run: (app, context) => definition.handle(app, args, context) };
      }
      const problems = parsed.error.issues.map((issue) => {
        const argument = String(issue.path[0] ?? '');
        return { argument, isMissing: raw[argument] === undefined, message: issue.message };
      });
      return { ok: false, problems };
    },
  };
}
