import fc from 'fast-check';
import type { Button, Element, Form, Message } from '../../../src/chat/message.ts';
import { HOSTILE_TEXTS } from './hostile.ts';

/** Any text, often a hostile one, sometimes far too long. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.lorem({ maxCount: 40 }),
);
const orNull = fc.option(anyText, { nil: null });

const anyButton: fc.Arbitrary<Button> = fc.record({
  action: fc.oneof(fc.stringMatching(/^[a-z][a-z-]{0,8}:[A-Za-z0-9._-]{1,80}$/), anyText),
  label: anyText,
  style: fc.constantFrom('normal', 'primary', 'danger'),
  confirm: fc.option(fc.record({ title: anyText, text: anyText, yes: anyText, no: anyText }), { nil: null }),
});

const anyElement: fc.Arbitrary<Element> = fc.oneof(
  fc.record({ type: fc.constant('header' as const), text: anyText }),
  fc.record({ type: fc.constant('text' as const), text: anyText, style: fc.constantFrom('normal', 'strong', 'quiet') }),
  fc.record({ type: fc.constant('fields' as const), fields: fc.array(fc.record({ label: anyText, value: anyText }), { maxLength: 12 }) }),
  fc.record({
    type: fc.constant('steps' as const),
    steps: fc.array(
      fc.record({ label: anyText, state: fc.constantFrom('waiting', 'running', 'done', 'failed', 'skipped'), detail: orNull }),
      { maxLength: 8 },
    ),
  }),
  fc.record({
    type: fc.constant('progress' as const),
    label: anyText,
    value: fc.double(),
    total: fc.option(fc.double(), { nil: null }),
    detail: anyText,
  }),
  fc.record({
    type: fc.constant('table' as const),
    columns: fc.array(anyText, { minLength: 1, maxLength: 5 }),
    rows: fc.array(fc.array(anyText, { maxLength: 6 }), { maxLength: 12 }),
  }),
  fc.record({ type: fc.constant('code' as const), text: anyText, title: orNull }),
  fc.record({
    type: fc.constant('changes' as const),
    title: anyText,
    changes: fc.array(fc.record({ path: anyText, before: orNull, after: orNull }), { maxLength: 12 }),
  }),
  fc.record({ type: fc.constant('buttons' as const), buttons: fc.array(anyButton, { maxLength: 12 }) }),
  fc.record({
    type: fc.constant('select' as const),
    action: fc.oneof(fc.stringMatching(/^[a-z][a-z-]{0,8}:[A-Za-z0-9._-]{1,80}$/), anyText),
    placeholder: anyText,
    options: fc.array(fc.record({ value: anyText, label: anyText }), { maxLength: 30 }),
  }),
  fc.record({ type: fc.constant('time' as const), label: anyText, at: fc.double() }),
  fc.record({
    type: fc.constant('link' as const),
    label: anyText,
    url: fc.oneof(
      anyText,
      fc.webUrl(),
      fc.constantFrom('javascript:alert(1)', 'data:text/html,x', 'https://a:b@c.example', `https://a.example/${'x'.repeat(5000)}`),
    ),
  }),
  fc.constant({ type: 'divider' as const }),
);

export const anyMessage: fc.Arbitrary<Message> = fc.record({
  summary: anyText,
  tone: fc.constantFrom('neutral', 'progress', 'success', 'warning', 'danger'),
  elements: fc.array(anyElement, { maxLength: 50 }),
});

const anyName = fc.stringMatching(/^[a-z]{1,12}$/);

export const anyForm: fc.Arbitrary<Form> = fc.record({
  action: fc.stringMatching(/^[a-z]{1,8}:[A-Za-z0-9._-]{1,80}$/),
  title: anyText,
  submit: anyText,
  fields: fc.array(
    fc.oneof(
      fc.record({
        type: fc.constant('select' as const),
        name: anyName,
        label: anyText,
        options: fc.array(fc.record({ value: anyText, label: anyText }), { maxLength: 30 }),
        initial: orNull,
        optional: fc.boolean(),
      }),
      fc.record({
        type: fc.constant('input' as const),
        name: anyName,
        label: anyText,
        placeholder: anyText,
        initial: orNull,
        optional: fc.boolean(),
        multiline: fc.boolean(),
      }),
    ),
    { minLength: 1, maxLength: 8 },
  ),
});
