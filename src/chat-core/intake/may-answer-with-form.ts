import { parseAction } from '../../chat/action-id.ts';
import type { IncomingDelivery } from '../../chat/chat-intake.ts';
import { parseCommand } from '../../chat/parse-command.ts';
import type { IntakeParts } from './parts.ts';

/** A command that has a form and got none of the arguments it needs, one that asks for more than may be typed, or a button that opens a form. */
export function mayAnswerWithForm(
  { commands, actions }: Pick<IntakeParts, 'commands' | 'actions'>,
  what: IncomingDelivery['what'],
): boolean {
  if (what.kind === 'command') {
    const parsed = parseCommand(what.text, commands);
    if (parsed.ok) return parsed.command.opensForm?.(parsed.typed) ?? false;
    return parsed.command?.form !== undefined && !parsed.ok && parsed.missing !== null && Object.keys(parsed.typed).length === 0;
  }
  const verb = parseAction(what.action)?.verb;
  return actions.some((action) => action.verb === verb && action.opensForm === true);
}
