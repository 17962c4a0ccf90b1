import type { ChatCore } from '../chat/chat-core.ts';
import type { CommandContext } from '../chat/command.ts';
import { completeCommand } from '../chat/complete-command.ts';
import { usage } from '../chat/usage.ts';
import { handleAction } from './handle-action.ts';
import { handleCommand } from './handle-command.ts';
import type { ChatCoreParts } from './parts.ts';

/** The one implementation of {@link ChatCore}: every platform's commands and clicks come through here. */
export function createChatCore(parts: ChatCoreParts): ChatCore {
  return {
    command: (delivery) => handleCommand(parts, delivery),
    action: (delivery) => handleAction(parts, delivery),

    async complete({ text, person, platform, channel }) {
      const context: CommandContext = { person, platform, channel, deliveryId: 'completion', now: parts.clock.now() };
      try {
        return await completeCommand(text, parts.commands, parts.useCases, context);
      } catch (error) {
        // Typing goes on without suggestions; what is sent is checked anyway.
        parts.logger.warn({ error, platform }, 'completion failed');
        return { replaceFrom: text.length, completions: [] };
      }
    },

    commands: () => parts.commands.map((command) => ({ name: command.name, summary: command.summary, usage: usage(command) })),
  };
}
