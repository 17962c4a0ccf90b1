import type { ViewOutput } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { errorAtSecretForm, readValues, withNotice } from '../../../adapters/slack/form-state.ts';
import { renderForm } from '../../../adapters/slack/render-form.ts';
import type { Form } from '../../../src/chat/message.ts';

const field = { type: 'input' as const, placeholder: '', initial: null, optional: false, multiline: false };
const form = (isSecret: boolean): Form => ({
  action: 'secret-set:shop.staging',
  title: 'Secret',
  submit: 'Save',
  fields: [
    { ...field, name: 'name', label: 'Name' },
    { ...field, name: 'value', label: 'Value', isSecret },
    { ...field, name: 'code', label: 'Code' },
  ],
});

/** The view as Slack sends it back, filled in. */
function filledIn(isSecret: boolean): ViewOutput {
  const view = renderForm(form(isSecret), { channel: 'T1/C1', handle: null });
  const state = {
    values: Object.fromEntries(
      view.blocks.map(({ block_id: id = '' }) => [id, { value: { type: 'plain_text_input', value: `hunter2 ${id}` } }]),
    ),
  };
  return { ...view, state } as unknown as ViewOutput;
}

describe('a Slack form that holds a secret', () => {
  it('is read like any other', () => {
    const values = readValues(filledIn(true));
    expect(Object.keys(values)).toEqual(['name', 'value', 'code']);
    expect(values['value']).toContain('hunter2');
  });

  it('is refused at its last field, with nothing of it sent back', () => {
    expect(errorAtSecretForm(filledIn(true), 'That code\nis wrong.')).toEqual({
      response_action: 'errors',
      errors: { 'field-code': 'That code is wrong.' },
    });
    expect(errorAtSecretForm(filledIn(false), 'That code is wrong.')).toBeNull();
  });

  it('is never filled in again', () => {
    expect(JSON.stringify(withNotice(filledIn(true), 'no'))).not.toContain('hunter2 hides-value');
    expect(JSON.stringify(withNotice(filledIn(false), 'no'))).toContain('hunter2 field-value');
  });
});
