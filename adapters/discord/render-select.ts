import { ComponentType } from 'discord.js';
import type { APIActionRowComponent, APIStringSelectComponent } from 'discord-api-types/v10';
import { parseAction } from '../../src/chat/action-id.ts';
import type { Element } from '../../src/chat/message.ts';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { usableOptions } from '../../src/chat/usable-options.ts';
import { DISCORD_LIMITS } from './limits.ts';

export type SelectRow = APIActionRowComponent<APIStringSelectComponent>;

/** A row of its own; none without an option, or when the message has a component of this id already. https://docs.discord.com/developers/components/reference#string-select */
export function selectRow(
  { action, placeholder, options }: Extract<Element, { type: 'select' }>,
  usedIds: Set<string>,
): readonly SelectRow[] {
  const usable = usableOptions(options, { options: DISCORD_LIMITS.selectOptions, value: DISCORD_LIMITS.selectOptionText });
  if (usable.length === 0 || parseAction(action) === null || usedIds.has(action)) return [];
  usedIds.add(action);
  const select: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: action,
    placeholder: line(placeholder, DISCORD_LIMITS.selectPlaceholder),
    options: usable.map(({ value, label }) => ({ value, label: line(label, DISCORD_LIMITS.selectOptionText) })),
  };
  return [{ type: ComponentType.ActionRow, components: [select] }];
}

function line(text: string, max: number): string {
  const shown = clip(plainLine(text), max);
  return shown === '' ? '…' : shown;
}
