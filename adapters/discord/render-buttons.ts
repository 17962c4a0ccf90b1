import { ButtonStyle, ComponentType } from 'discord.js';
import type { APIActionRowComponent, APIButtonComponentWithCustomId, APIButtonComponentWithURL } from 'discord-api-types/v10';
import { parseAction } from '../../src/chat/action-id.ts';
import type { Button, Element } from '../../src/chat/message.ts';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { safeUrl } from '../../src/chat/safe-url.ts';
import { DISCORD_LIMITS } from './limits.ts';

export type Row = APIActionRowComponent<APIButtonComponentWithCustomId | APIButtonComponentWithURL>;

const STYLES: Readonly<Record<Button['style'], APIButtonComponentWithCustomId['style']>> = {
  normal: ButtonStyle.Secondary,
  primary: ButtonStyle.Primary,
  danger: ButtonStyle.Danger,
};

/** `usedIds` are those of the whole message: two components with one custom id are refused. */
export function buttonRows(buttons: readonly Button[], usedIds: Set<string>): readonly Row[] {
  const shown = buttons.flatMap((button) => {
    const id = button.confirm === null ? button.action : askFirst(button.action);
    if (parseAction(button.action) === null || usedIds.has(id)) return [];
    usedIds.add(id);
    return [renderButton(id, button.label, button.style)];
  });
  return chunks(shown, DISCORD_LIMITS.buttonsPerRow).map((components) => ({ type: ComponentType.ActionRow, components }));
}

/** A row of its own for a link; none for what is no address of a page. */
export function linkRow({ label, url }: Extract<Element, { type: 'link' }>): readonly Row[] {
  const address = safeUrl(url);
  if (address === null || address.length > DISCORD_LIMITS.buttonUrl) return [];
  const text = clip(plainLine(label), DISCORD_LIMITS.buttonLabel);
  const button = { type: ComponentType.Button, style: ButtonStyle.Link, label: text === '' ? '…' : text, url: address } as const;
  return [{ type: ComponentType.ActionRow, components: [button] }];
}

export function renderButton(id: string, label: string, style: Button['style']): APIButtonComponentWithCustomId {
  const text = clip(plainLine(label), DISCORD_LIMITS.buttonLabel);
  return { type: ComponentType.Button, custom_id: id, label: text === '' ? '…' : text, style: STYLES[style] };
}

/**
 * Discord has no dialog that asks before a button acts. The custom id of such a button has its verb's first letter in upper case: no
 * action has that, so that a click on it can never be taken for the action itself, and no character of the 100 is spent.
 */
export function askFirst(action: string): string {
  return action.slice(0, 1).toUpperCase() + action.slice(1);
}

/** The action behind a button that asks first; null when the id is not of one. */
export function actionToConfirm(customId: string): string | null {
  const action = customId.slice(0, 1).toLowerCase() + customId.slice(1);
  return action !== customId && parseAction(action) !== null ? action : null;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
