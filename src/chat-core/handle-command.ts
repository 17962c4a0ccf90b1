import type { UseCases } from '../application/use-cases.ts';
import type { CommandDelivery } from '../chat/chat-core.ts';
import type { CommandContext, Reply } from '../chat/command.ts';
import { showableText } from '../chat/conceal.ts';
import type { Command } from '../chat/define-command.ts';
import { INPUT_LIMITS } from '../chat/limits.ts';
import { type ParsedCommand, parseCommand, type Typed } from '../chat/parse-command.ts';
import { clip, plainText } from '../chat/plain-text.ts';
import { acceptDelivery } from './accept-delivery.ts';
import type { ChatCoreParts } from './parts.ts';
import { settle } from './settle.ts';
import { withSuggestion } from './with-suggestion.ts';

/**
 * One typed command. First it is accepted, together with what the person typed, so that a second delivery has no effect;
 * then it is read and run. Until the answer turns out to be public, only its writer sees what was typed.
 */
export async function handleCommand(parts: ChatCoreParts, delivery: CommandDelivery): Promise<Reply | null> {
  const { clock, commands, useCases } = parts;
  const startedAt = clock.now();
  const context: CommandContext = { ...contextOf(delivery), now: startedAt };
  const parsed = parseCommand(delivery.text, commands);
  const subject = {
    command: parsed.command?.name ?? 'unknown',
    what: parsed.command === null ? 'that' : `/${parsed.command.name}`,
    on: subjectOf(parsed.typed),
  };

  const typed = {
    key: `typed:${delivery.deliveryId}`,
    text: clip(plainText(showableText(delivery.text, commands, parsed.ok)).trim(), INPUT_LIMITS.commandLength),
  };
  return settle(
    parts,
    context,
    { ...subject, typed, startedAt },
    {
      accept: () => acceptDelivery(parts, context, typed),
      run: async () => {
        const form = formFor(parsed);
        if (form !== null) return { kind: 'form', form: await form(useCases, context) };
        const reply: Reply = parsed.ok ? await parsed.bound.run(useCases, context) : { kind: 'refusal', refusal: parsed.refusal };
        return withSuggestion(parts, context, parsed, reply);
      },
    },
  );
}

/** A command that needs arguments and got none asks for them, when it has a form. */
function formFor(parsed: ParsedCommand<UseCases>): NonNullable<Command<UseCases>['form']> | null {
  const isBare = !parsed.ok && parsed.missing !== null && Object.keys(parsed.typed).length === 0;
  return isBare ? (parsed.command?.form ?? null) : null;
}

function contextOf({ person, platform, channel, deliveryId }: CommandDelivery): Omit<CommandContext, 'now'> {
  return { person, platform, channel, deliveryId };
}

/** `shop/staging`, as audit records name what something was done to. */
function subjectOf(typed: Typed): string {
  const parts = [typed['app'], typed['environment']].filter((part) => typeof part === 'string');
  return parts.length === 0 ? '-' : clip(parts.join('/'), 100);
}
