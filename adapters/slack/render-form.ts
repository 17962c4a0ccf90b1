import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { assertNever, type Form, type FormField } from '../../src/chat/message.ts';
import { clip, plainText } from '../../src/chat/plain-text.ts';
import type { Json } from '../../src/domain/json.ts';
import { SLACK_LIMITS } from './limits.ts';
import { plainLineObject } from './text-objects.ts';

export const FORM_CALLBACK = 'shipmate-form';
/** The id of the one element in each input block; the block's id says which field. */
export const FIELD_ELEMENT = 'value';
const FIELD_BLOCK = 'field-';
/** The same for a field that holds a secret. Both are of one length. */
const SECRET_BLOCK = 'hides-';

/** What a form has to know when it comes back. Slack returns it unchanged and people cannot alter it. */
const formContextSchema = z.object({
  action: z.string(),
  channel: z.string(),
  handle: z.json(),
  /** The command lines that fields complete, by field. */
  completes: z.record(z.string(), z.string()),
});

export type FormContext = {
  readonly action: string;
  readonly channel: string;
  readonly handle: Json | null;
  readonly completes: Readonly<Record<string, string>>;
};

/** A form as a modal. Pure. */
export function renderForm(form: Form, where: Pick<FormContext, 'channel' | 'handle'>): ModalView {
  const completes = Object.fromEntries(form.fields.flatMap((field) => (isCompleted(field) ? [[field.name, field.completes]] : [])));
  return {
    type: 'modal',
    callback_id: FORM_CALLBACK,
    private_metadata: formatContext({ ...where, action: form.action, completes }),
    title: plainLineObject(form.title, SLACK_LIMITS.modalTitle),
    submit: plainLineObject(form.submit, SLACK_LIMITS.modalButton),
    close: plainLineObject('Close', SLACK_LIMITS.modalButton),
    blocks: form.fields.filter(hasUsableName).slice(0, SLACK_LIMITS.viewBlocks).map(renderField),
  };
}

export function readContext(privateMetadata: string): FormContext | null {
  try {
    const parsed = formContextSchema.safeParse(JSON.parse(privateMetadata));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The name of the field that a block asks for; null for blocks that ask nothing of ours. */
export function fieldOf(blockId: string): string | null {
  return blockId.startsWith(FIELD_BLOCK) || isSecretBlock(blockId) ? blockId.slice(FIELD_BLOCK.length) : null;
}

/** What stands in this block is never sent back, not even to its writer. */
export function isSecretBlock(blockId: string): boolean {
  return blockId.startsWith(SECRET_BLOCK);
}

function formatContext(context: FormContext): string {
  const whole = JSON.stringify(context);
  // Without the address to answer at, the answer comes as an ordinary message; without the action nothing would work.
  return whole.length <= SLACK_LIMITS.privateMetadata ? whole : JSON.stringify({ ...context, handle: null });
}

function hasUsableName({ name }: FormField): boolean {
  return name.length > 0 && FIELD_BLOCK.length + name.length <= SLACK_LIMITS.blockId;
}

function renderField(field: FormField): InputBlock {
  const block = {
    type: 'input' as const,
    block_id: (field.type === 'input' && field.isSecret === true ? SECRET_BLOCK : FIELD_BLOCK) + field.name,
    label: plainLineObject(field.label, SLACK_LIMITS.inputLabel),
    optional: field.optional,
  };
  switch (field.type) {
    case 'select':
      return { ...block, element: renderSelect(field) };
    case 'input':
      return { ...block, element: renderInput(field) };
    default:
      return assertNever(field);
  }
}

/** Slack refuses an empty list; one that is asked for and finds nothing says so. */
function renderSelect(field: Extract<FormField, { type: 'select' }>): InputBlock['element'] {
  const options = field.options.flatMap(renderOption).slice(0, SLACK_LIMITS.options);
  const initial = options.find((option) => option.value === field.initial);
  const select = selectElement('Choose', initial);
  return options.length > 0 ? { type: 'static_select', ...select, options } : { type: 'external_select', ...select, min_query_length: 0 };
}

function selectElement(placeholder: string, initial: PlainTextOption | undefined) {
  return {
    action_id: FIELD_ELEMENT,
    placeholder: plainLineObject(placeholder, SLACK_LIMITS.placeholder),
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}

type InputField = Extract<FormField, { type: 'input' }>;

function isCompleted(field: FormField): field is InputField & { completes: string } {
  return field.type === 'input' && field.completes !== undefined;
}

/** A value cut short would choose something else, so an option whose value does not fit is left out. */
export function renderOption({ value, label }: { value: string; label: string }): PlainTextOption[] {
  if (value.length === 0 || value.length > SLACK_LIMITS.optionValue) return [];
  return [{ text: plainLineObject(label || value, SLACK_LIMITS.optionText), value }];
}

function renderInput(field: InputField): InputBlock['element'] {
  if (isCompleted(field)) {
    const [initial] = field.initial === null ? [] : renderOption({ value: field.initial, label: field.initial });
    return { type: 'external_select', ...selectElement(field.placeholder || 'Type or choose', initial), min_query_length: 0 };
  }
  return {
    type: 'plain_text_input',
    action_id: FIELD_ELEMENT,
    multiline: field.multiline,
    max_length: SLACK_LIMITS.inputValue,
    ...(field.placeholder === '' ? {} : { placeholder: plainLineObject(field.placeholder, SLACK_LIMITS.placeholder) }),
    ...(field.initial === null || field.initial === '' ? {} : { initial_value: clip(plainText(field.initial), SLACK_LIMITS.inputValue) }),
  };
}
