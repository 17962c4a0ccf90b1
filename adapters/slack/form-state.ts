import type { ViewErrorsResponseAction, ViewOutput } from '@slack/bolt';
import type { AnyBlock, InputBlock, ModalView } from '@slack/types';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { SLACK_LIMITS } from './limits.ts';
import { FIELD_ELEMENT, fieldOf, isSecretBlock } from './render-form.ts';
import { plainLineObject, plainObject } from './text-objects.ts';

const NOTICE_BLOCK = 'notice';
/** Slack names no limit; more would not be read there. */
const ERROR_LENGTH = 300;

/** What a person filled in, by field; a field left empty is an empty text. */
export function readValues(view: Pick<ViewOutput, 'state'>): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [block, elements] of Object.entries(view.state.values)) {
    const name = fieldOf(block);
    const element = elements[FIELD_ELEMENT];
    if (name !== null && element !== undefined) values[name] = element.selected_option?.value ?? element.value ?? '';
  }
  return values;
}

/**
 * The same form again with everything that was filled in, and what is wrong above it. Slack gives an updated view a new hash,
 * so the next submission is another delivery (https://docs.slack.dev/reference/views/modal-views).
 */
export function withNotice(view: ViewOutput, notice: string): ModalView {
  const blocks = (view.blocks as AnyBlock[]).filter((block) => block.block_id !== NOTICE_BLOCK).map((block) => filledIn(block, view));
  return {
    type: 'modal',
    callback_id: view.callback_id,
    private_metadata: view.private_metadata,
    title: view.title,
    ...(view.submit === null ? {} : { submit: view.submit }),
    ...(view.close === null ? {} : { close: view.close }),
    blocks: [
      { type: 'section', block_id: NOTICE_BLOCK, text: plainObject(`⚠️ ${notice}`, SLACK_LIMITS.sectionText) },
      ...blocks.slice(0, SLACK_LIMITS.viewBlocks - 1),
    ],
  };
}

function filledIn(block: AnyBlock, view: ViewOutput): AnyBlock {
  if (!isInput(block) || block.block_id === undefined || isSecretBlock(block.block_id)) return block;
  const state = view.state.values[block.block_id]?.[FIELD_ELEMENT];
  const { element } = block;
  if (element.type === 'plain_text_input') {
    const { initial_value: _, ...rest } = element;
    return { ...block, element: state?.value ? { ...rest, initial_value: state.value } : rest };
  }
  if (element.type === 'static_select' || element.type === 'external_select') {
    const { initial_option: _, ...rest } = element;
    const chosen = state?.selected_option;
    const initial = chosen
      ? { initial_option: { text: plainLineObject(chosen.text.text, SLACK_LIMITS.optionText), value: chosen.value } }
      : {};
    return { ...block, element: { ...rest, ...initial } };
  }
  return block;
}

function isInput(block: AnyBlock): block is InputBlock {
  return block.type === 'input';
}

/**
 * What is wrong with a form that holds a secret, said at its last field: then Slack leaves what was typed as it is and nothing of it is sent back
 * (https://docs.slack.dev/surfaces/modals#displaying_errors). Null for other forms.
 */
export function errorAtSecretForm({ blocks }: Pick<ViewOutput, 'blocks'>, notice: string): ViewErrorsResponseAction | null {
  const inputs = (blocks as AnyBlock[]).filter(isInput).flatMap(({ block_id }) => block_id ?? []);
  const last = inputs.at(-1);
  if (last === undefined || !inputs.some(isSecretBlock)) return null;
  return { response_action: 'errors', errors: { [last]: clip(plainLine(notice), ERROR_LENGTH) } };
}

/** A modal that only says something, in place of a form. */
export function renderNotice(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plainLineObject(title, SLACK_LIMITS.modalTitle),
    close: plainLineObject('Close', SLACK_LIMITS.modalButton),
    blocks: [{ type: 'section', block_id: NOTICE_BLOCK, text: plainObject(text, SLACK_LIMITS.sectionText) }],
  };
}
