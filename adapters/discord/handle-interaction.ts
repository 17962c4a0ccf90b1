import { InteractionResponseType, MessageFlags } from 'discord.js';
import type { APIInteractionResponse } from 'discord-api-types/v10';
import { parseAction } from '../../src/chat/action-id.ts';
import type { Accepted, ChatIntake, IncomingDelivery } from '../../src/chat/chat-intake.ts';
import type { Reply } from '../../src/chat/command.ts';
import { assertNever } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { type AnswerHandle, handleJson } from './answer-handle.ts';
import type { DescribedCommand } from './application-commands.ts';
import { completeOption } from './autocomplete.ts';
import { commandLineOf } from './command-line.ts';
import { type AskConfirmation, confirmationFor } from './confirmation.ts';
import { valuesOf } from './form-values.ts';
import type { ClickInteraction, CommandInteraction, FormInteraction, Interaction } from './interaction.ts';
import { ephemeral } from './payload.ts';
import type { PlaceholderKeeper } from './placeholder.ts';
import { hasComponent } from './read-message.ts';
import { actionToConfirm } from './render-buttons.ts';
import { DISMISS, renderConfirmation, renderNotice } from './render-confirmation.ts';
import { renderForm } from './render-form.ts';
import { accountOf, channelOf } from './sender.ts';
import { within } from './within.ts';

export type InteractionParts = {
  readonly intake: ChatIntake;
  readonly commands: readonly DescribedCommand[];
  readonly trustedGuilds: readonly string[] | null;
  readonly confirmation: AskConfirmation | null;
  readonly placeholders: PlaceholderKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type Handled = {
  /** Null: another process has answered this one already, and a second answer would spoil the first. */
  readonly response: APIInteractionResponse | null;
  /** What remains once the response is on its way. Never rejects. */
  readonly afterwards: (() => Promise<void>) | null;
};

/** Discord waits 3 s for the first response (https://docs.discord.com/developers/interactions/receiving-and-responding); the way there takes some of it. */
const ANSWER_WITHIN_MS = 2500;

/** One interaction, from whichever way in; its sender is verified. Never rejects. */
export async function handleInteraction(interaction: Interaction, parts: InteractionParts): Promise<Handled> {
  switch (interaction.type) {
    case 1:
      return only({ type: InteractionResponseType.Pong });
    case 2:
    case 5:
      return takeIn(interaction, parts);
    case 3:
      return click(interaction, parts);
    case 4: {
      const choices = await within(
        parts.clock,
        ANSWER_WITHIN_MS,
        completeOption(interaction, parts.intake, parts.commands, parts.trustedGuilds),
      ).catch((err: unknown) => {
        parts.logger.warn({ err }, 'completion for Discord failed');
        return null;
      });
      return only({ type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: choices ?? { choices: [] } });
    }
    default:
      return assertNever(interaction);
  }
}

async function click(interaction: ClickInteraction, parts: InteractionParts): Promise<Handled> {
  const { custom_id: customId } = interaction.data;
  if (customId === DISMISS && isConfirmation(interaction)) return replaceWithNotice('Nothing was done.');
  const action = actionToConfirm(customId);
  if (action === null) return takeIn(interaction, parts);
  const asked = await confirmationFor(interaction, action, parts);
  return only({ type: InteractionResponseType.ChannelMessageWithSource, data: renderConfirmation(asked, action) });
}

async function takeIn(interaction: CommandInteraction | ClickInteraction | FormInteraction, parts: InteractionParts): Promise<Handled> {
  const startedAt = parts.clock.now();
  const account = accountOf(interaction, parts.trustedGuilds);
  const what = whatOf(interaction, parts.commands);
  if (account === null || what === null) return sayPrivately('Shipmate cannot read this. Use a command, for instance /help.');
  const handle: AnswerHandle = { application: interaction.application_id, token: interaction.token };
  const delivery: IncomingDelivery = {
    platform: 'discord',
    deliveryId: interaction.id,
    channel: channelOf(interaction, account),
    account,
    what,
    handle: handleJson(handle),
  };
  const accepted = await parts.intake.accept(delivery);
  switch (accepted.kind) {
    case 'repeated':
      return { response: null, afterwards: null };
    case 'unavailable':
      return sayPrivately(accepted.message);
    case 'accepted': {
      const left = ANSWER_WITHIN_MS - (parts.clock.now() - startedAt);
      // Discord opens no form in answer to a form.
      const mayOpen = interaction.type !== 5 && parts.intake.mayAnswerWithForm(delivery);
      const reply = mayOpen ? await within(parts.clock, left, accepted.settled) : null;
      if (reply?.kind === 'form') return only({ type: InteractionResponseType.Modal, data: renderForm(reply.form) });
      return { response: placeholder(interaction), afterwards: afterwards(handle, accepted, parts) };
    }
    default:
      return assertNever(accepted);
  }
}

function whatOf(
  interaction: CommandInteraction | ClickInteraction | FormInteraction,
  commands: readonly DescribedCommand[],
): IncomingDelivery['what'] | null {
  if (interaction.type === 2) return { kind: 'command', text: commandLineOf(interaction.data, commands) };
  const action = interaction.data.custom_id;
  return parseAction(action) === null ? null : { kind: 'action', action, values: valuesOf(interaction) };
}

/**
 * "Thinking…", for the person alone; the answer takes its place. The yes of a confirmation turns that confirmation into it, so that it cannot be
 * pressed again. A message that others see is never the response: the answer would take its place.
 */
function placeholder(interaction: CommandInteraction | ClickInteraction | FormInteraction): APIInteractionResponse {
  return interaction.type === 3 && isConfirmation(interaction)
    ? { type: InteractionResponseType.UpdateMessage, data: renderNotice('On its way…') }
    : { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } };
}

/** A question of ours that only this person sees. */
function isConfirmation({ message }: ClickInteraction): boolean {
  return (message.flags & MessageFlags.Ephemeral) !== 0 && hasComponent(message, DISMISS);
}

function afterwards(handle: AnswerHandle, accepted: Extract<Accepted, { kind: 'accepted' }>, parts: InteractionParts) {
  return async () => {
    const reply = await accepted.settled;
    if (reply === null) return;
    if (isPublic(reply)) await parts.placeholders.remove(handle);
    else if (reply.kind === 'form') await parts.placeholders.say(handle, 'Discord could not open the form. Send the command again.');
  };
}

/** It stands in the channel for everyone; the person needs no copy. Private answers come by the delivery loop. */
function isPublic(reply: Reply): boolean {
  return reply.kind === 'card' || (reply.kind === 'message' && reply.visibility === 'public');
}

function only(response: APIInteractionResponse): Handled {
  return { response, afterwards: null };
}

function sayPrivately(text: string): Handled {
  return only({ type: InteractionResponseType.ChannelMessageWithSource, data: ephemeral(renderNotice(text)) });
}

function replaceWithNotice(text: string): Handled {
  return only({ type: InteractionResponseType.UpdateMessage, data: renderNotice(text) });
}
