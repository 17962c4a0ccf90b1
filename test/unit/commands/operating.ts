import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { parseAction } from '../../../src/chat/action-id.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { fakeUseCases } from './fake-use-cases.ts';

/** Types lines and presses buttons as somebody in some place, over the use cases that a test gives. */
export function operating(context: CommandContext) {
  return {
    async run(text: string, useCases: Partial<UseCases> = {}): Promise<Reply> {
      const parsed = parseCommand(text, commands);
      if (!parsed.ok) return { kind: 'refusal', refusal: parsed.refusal };
      return parsed.bound.run(fakeUseCases(useCases), context);
    },

    async press(action: string, values: Readonly<Record<string, string>>, useCases: Partial<UseCases> = {}): Promise<Reply> {
      const { verb, id } = parseAction(action) ?? { verb: '', id: '' };
      const definition = actions.find((candidate) => candidate.verb === verb);
      if (definition === undefined) throw new Error(`no action ${action}`);
      return definition.handle(fakeUseCases(useCases), id, values, context);
    },
  };
}
