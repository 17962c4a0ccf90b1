import { ComponentType, TextInputStyle } from 'discord.js';
import type { APILabelComponent, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { Form, FormField } from '../../src/chat/message.ts';
import { clip, plainLine, plainText } from '../../src/chat/plain-text.ts';
import { DISCORD_LIMITS } from './limits.ts';

/**
 * A form as a modal. Labels and options are shown as they are, without markup. Discord takes five fields: the required ones go first into them.
 * https://docs.discord.com/developers/components/using-modal-components
 */
export function renderForm(form: Form): APIModalInteractionResponseCallbackData {
  return {
    custom_id: form.action,
    title: line(form.title, DISCORD_LIMITS.modalTitle),
    components: chosenFields(form.fields).map(renderField),
  };
}

function chosenFields(fields: readonly FormField[]): readonly FormField[] {
  const optional = fields.filter((field) => field.optional);
  const surplus = new Set(optional.slice(Math.max(0, optional.length - Math.max(0, fields.length - DISCORD_LIMITS.modalComponents))));
  return fields.filter((field) => !surplus.has(field)).slice(0, DISCORD_LIMITS.modalComponents);
}

function renderField(field: FormField): APILabelComponent {
  const component = field.type === 'select' && isSelectable(field) ? select(field) : input(field);
  return { type: ComponentType.Label, label: line(field.label, DISCORD_LIMITS.label), component };
}

type Select = Extract<FormField, { type: 'select' }>;

/** A choice that Discord cannot hold is typed instead: no option is lost, and the core checks the value anyway. */
function isSelectable({ options }: Select): boolean {
  return (
    options.length > 0 &&
    options.length <= DISCORD_LIMITS.selectOptions &&
    new Set(options.map(({ value }) => value)).size === options.length &&
    options.every(({ value }) => value !== '' && value === plainLine(value) && value.length <= DISCORD_LIMITS.selectOptionText)
  );
}

function select(field: Select): APILabelComponent['component'] {
  return {
    type: ComponentType.StringSelect,
    custom_id: field.name,
    required: !field.optional,
    options: field.options.map(({ value, label }) => ({
      value,
      label: line(label === '' ? value : label, DISCORD_LIMITS.selectOptionText),
      ...(field.initial === value ? { default: true } : {}),
    })),
  };
}

function input(field: FormField): APILabelComponent['component'] {
  const placeholder = field.type === 'input' ? field.placeholder : field.options.map(({ value }) => value).join(', ');
  const isMultiline = field.type === 'input' && field.multiline;
  const initial = clip(isMultiline ? plainText(field.initial ?? '') : plainLine(field.initial ?? ''), DISCORD_LIMITS.textInputValue);
  return {
    type: ComponentType.TextInput,
    custom_id: field.name,
    style: isMultiline ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: !field.optional,
    ...(placeholder === '' ? {} : { placeholder: line(placeholder, DISCORD_LIMITS.textInputPlaceholder) }),
    // Discord counts a value of white space as none, and takes none that is empty.
    ...(initial.trim() === '' ? {} : { value: initial }),
  };
}

function line(text: string, max: number): string {
  const shown = clip(plainLine(text), max);
  return shown === '' ? '…' : shown;
}
