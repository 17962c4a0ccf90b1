import type { KnownBlock } from '@slack/types';
import { usableOptions } from '../../src/chat/usable-options.ts';
import { SLACK_LIMITS } from './limits.ts';
import type { NumberedSelect } from './number-buttons.ts';
import { BUTTON_ID } from './render-buttons.ts';
import { plainLineObject } from './text-objects.ts';

/**
 * A menu has no value of its own beside the option's, so its action travels in the id that Slack reports with the choice:
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#static_select
 */
export function renderSelect({ action, placeholder, options, number }: NumberedSelect): KnownBlock[] {
  const id = `${BUTTON_ID}-${number}-${action}`;
  const usable = usableOptions(options, { options: SLACK_LIMITS.options, value: SLACK_LIMITS.optionValue });
  if (usable.length === 0 || id.length > SLACK_LIMITS.actionId) return [];
  const shown = usable.map(({ value, label }) => ({ value, text: plainLineObject(label, SLACK_LIMITS.optionText) }));
  const text = plainLineObject(placeholder, SLACK_LIMITS.placeholder);
  return [{ type: 'actions', elements: [{ type: 'static_select', action_id: id, placeholder: text, options: shown }] }];
}

/** The action of a menu by its id; null when the id is not of one. */
export function actionOfSelect(id: string): string | null {
  const [, action] = new RegExp(`^${BUTTON_ID}-\\d+-(.+)$`).exec(id) ?? [];
  return action ?? null;
}
