import type { Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import { safeUrl } from '../../src/chat/safe-url.ts';
import { SLACK_LIMITS } from './limits.ts';
import type { NumberedButton, NumberedLink } from './number-buttons.ts';
import { plainLineObject, plainObject } from './text-objects.ts';

/** What the id of every button of ours starts with; the rest only makes it unique. */
export const BUTTON_ID = 'shipmate';

export function renderButtons(buttons: readonly NumberedButton[]): KnownBlock[] {
  // A value cut in half would be another action: such a button is left out. (Actions have at most 100 characters.)
  const usable = buttons.filter((button) => button.action.length > 0 && button.action.length <= SLACK_LIMITS.buttonValue);
  const rows = Math.ceil(usable.length / SLACK_LIMITS.actionsElements);
  return Array.from({ length: rows }, (_, row) => ({
    type: 'actions',
    elements: usable.slice(row * SLACK_LIMITS.actionsElements, (row + 1) * SLACK_LIMITS.actionsElements).map(renderButton),
  }));
}

/** Slack reports the click on a link, too, and wants it acknowledged: it has our id and no value, so nothing follows from it. */
export function renderLink({ label, url, number }: NumberedLink): KnownBlock[] {
  const address = safeUrl(url);
  if (address === null || address.length > SLACK_LIMITS.buttonUrl) return [];
  const text = plainLineObject(label, SLACK_LIMITS.buttonText);
  return [{ type: 'actions', elements: [{ type: 'button', action_id: `${BUTTON_ID}-${number}`, text, url: address }] }];
}

function renderButton({ action, label, style, confirm, number }: NumberedButton): Button {
  return {
    type: 'button',
    action_id: `${BUTTON_ID}-${number}`,
    text: plainLineObject(label, SLACK_LIMITS.buttonText),
    value: action,
    ...(style === 'normal' ? {} : { style }),
    ...(confirm === null ? {} : { confirm: renderConfirm(confirm, style) }),
  };
}

function renderConfirm(
  { title, text, yes, no }: NonNullable<NumberedButton['confirm']>,
  style: NumberedButton['style'],
): ConfirmationDialog {
  return {
    title: plainLineObject(title, SLACK_LIMITS.confirmTitle),
    text: plainObject(text, SLACK_LIMITS.confirmText),
    confirm: plainLineObject(yes, SLACK_LIMITS.confirmChoice),
    deny: plainLineObject(no, SLACK_LIMITS.confirmChoice),
    style: style === 'danger' ? 'danger' : 'primary',
  };
}
