import { clip } from '../../src/chat/plain-text.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { remoteIdOf } from './addresses.ts';
import type { ClickInteraction } from './interaction.ts';
import { firstText, labelOf } from './read-message.ts';
import type { Confirmation } from './render-confirmation.ts';
import { shownText } from './shown-text.ts';
import { within } from './within.ts';

/**
 * The question that a button asks, from the stored message that it stands on: Discord has no place on a button to keep it. Null when it is
 * not known (any more). `remoteId` is the clicked message as the messenger reported it.
 */
export type AskConfirmation = (asked: {
  readonly channel: string;
  readonly remoteId: string;
  readonly action: string;
}) => Promise<Confirmation | null>;

type Parts = { readonly confirmation: AskConfirmation | null; readonly clock: Clock; readonly logger: Logger };

const ASK_FOR_MS = 1500;

/** What is asked before the action; the clicked message itself says it when nobody else does. It is only shown, and decides nothing. */
export async function confirmationFor(interaction: ClickInteraction, action: string, parts: Parts): Promise<Confirmation> {
  const channel = interaction.channel_id;
  if (parts.confirmation === null || channel === undefined) return fromMessage(interaction);
  const remoteId = remoteIdOf({ channel, message: interaction.message.id });
  const stored = await within(parts.clock, ASK_FOR_MS, parts.confirmation({ channel, remoteId, action })).catch((err: unknown) => {
    parts.logger.warn({ err }, 'the question of a button could not be read');
    return null;
  });
  return stored ?? fromMessage(interaction);
}

/** The button names its target ("Roll back to 1.0.0"), the first line what it is about. */
function fromMessage({ message, data }: ClickInteraction): Confirmation {
  const label = labelOf(message, data.custom_id) ?? 'Go on';
  const about = shownText(firstText(message) ?? '').split('\n')[0] ?? '';
  return { title: `${label.replace(/[?!.…]+$/, '')}?`, text: clip(about, 300), yes: label, no: 'Not now' };
}
