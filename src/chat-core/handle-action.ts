import { parseAction } from '../chat/action-id.ts';
import type { ActionDelivery } from '../chat/chat-core.ts';
import type { CommandContext, Reply } from '../chat/command.ts';
import { refusal } from '../domain/refusal.ts';
import { acceptDelivery } from './accept-delivery.ts';
import type { ChatCoreParts } from './parts.ts';
import { settle } from './settle.ts';

/** One click or submitted form. It carries a verb and an id only; everything else is loaded and authorized again by the handler. */
export async function handleAction(parts: ChatCoreParts, delivery: ActionDelivery): Promise<Reply | null> {
  const { person, platform, channel, deliveryId } = delivery;
  const startedAt = parts.clock.now();
  const context: CommandContext = { person, platform, channel, deliveryId, now: startedAt };
  const action = parseAction(delivery.action);
  const definition = parts.actions.find((candidate) => candidate.verb === action?.verb);
  const subject = {
    command: `button:${definition?.verb ?? 'unknown'}`,
    what: 'that button',
    on: action?.id ?? '-',
    typed: null,
    startedAt,
    showsRefusal: delivery.showsRefusal ?? false,
  };
  return settle(parts, context, subject, {
    accept: () => acceptDelivery(parts, context, null),
    run: async (): Promise<Reply> =>
      action === null || definition === undefined
        ? {
            kind: 'refusal',
            refusal: refusal('unknown_command', 'This button does nothing any more.', 'Type the command instead; /help lists them.'),
          }
        : definition.handle(parts.useCases, action.id, delivery.values, context),
  });
}
