import { ComponentType } from 'discord.js';
import type { Button } from '../../src/chat/message.ts';
import { plainLine, plainText } from '../../src/chat/plain-text.ts';
import { escapeWithin } from './escape-markdown.ts';
import { ephemeral, type MessagePayload, messagePayload } from './payload.ts';
import { renderButton } from './render-buttons.ts';

export type Confirmation = NonNullable<Button['confirm']>;

/** The custom id of the button that decides against it; no action has this form. */
export const DISMISS = 'dismiss';

/** What a click on a button that asks first is answered with. Its yes carries the action itself, authorized again by the core. */
export function renderConfirmation(confirmation: Confirmation, action: string): MessagePayload {
  const { title, text, yes, no } = confirmation;
  const lines = [`**${escapeWithin(plainLine(title), 400)}**`, escapeWithin(plainText(text).trim(), 1600)];
  return ephemeral(
    messagePayload([
      { type: ComponentType.TextDisplay, content: lines.filter((line) => line !== '****' && line !== '').join('\n') || '…' },
      {
        type: ComponentType.ActionRow,
        components: [renderButton(action, yes, 'danger'), renderButton(DISMISS, no, 'normal')],
      },
    ]),
  );
}

/** One line without layout, for what the adapter itself has to say. */
export function renderNotice(text: string): MessagePayload {
  return messagePayload([{ type: ComponentType.TextDisplay, content: escapeWithin(plainText(text).trim(), 1600) || '…' }]);
}
