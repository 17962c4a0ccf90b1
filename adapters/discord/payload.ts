import { MessageFlags } from 'discord.js';
import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';

/**
 * The only shape of message that leaves this adapter. Components and not embeds: they keep the order of the neutral message, buttons
 * stand where they belong, and a component's own `id` survives in the stored message without being shown, which is what a
 * message is found again by. A message with the flag has neither content nor embeds.
 * https://docs.discord.com/developers/components/reference
 */
export type MessagePayload = {
  readonly flags: number;
  readonly components: APIMessageTopLevelComponent[];
  /** Nobody is ever notified by a text, wherever it came from. https://docs.discord.com/developers/resources/message#allowed-mentions-object */
  readonly allowed_mentions: { readonly parse: [] };
};

export function messagePayload(components: APIMessageTopLevelComponent[]): MessagePayload {
  return { flags: MessageFlags.IsComponentsV2, components, allowed_mentions: { parse: [] } };
}

/** The same, seen by one person: only answers to interactions can be. */
export function ephemeral(payload: MessagePayload): MessagePayload {
  return { ...payload, flags: payload.flags | MessageFlags.Ephemeral };
}
