import fc from 'fast-check';
import type { Element, Message } from '../../../src/chat/message.ts';

/** What people try, and what happens by accident. */
export const HOSTILE = [
  '<!channel> <!here> <!everyone>',
  '@here @channel @everyone',
  '<@U123456> <#C123456|general> <!subteam^S123>',
  '<https://evil.example|shop 1.2.3>',
  '*bold* _italic_ ~gone~ `code` ```block```',
  ':rotating_light: :x:',
  '> quote\n>>> all of it',
  '&lt;!channel&gt; &amp;lt;!channel&amp;gt;',
  '<!date^0^{date}|never>',
  '\u202Egnp.exe\u202C\u200B\uFEFF',
  '\u0007\u001B[31mred\u001B[0m',
  `${'😀'.repeat(2000)}`,
  'x'.repeat(10_000),
  '\n\n\n',
  '',
  '   ',
];

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.tuple(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 20 })).map((parts) => parts.join('')),
);

const action = fc.stringMatching(/^[a-z]{1,10}:[A-Za-z0-9._-]{1,60}$/);
const button = fc.record({
  action,
  label: text,
  style: fc.constantFrom('normal' as const, 'primary' as const, 'danger' as const),
  confirm: fc.option(fc.record({ title: text, text, yes: text, no: text })),
});

const element: fc.Arbitrary<Element> = fc.oneof(
  fc.record({
    type: fc.constant('select' as const),
    action,
    placeholder: text,
    options: fc.array(fc.record({ value: text, label: text }), { maxLength: 120 }),
  }),
  fc.record({ type: fc.constant('header' as const), text }),
  fc.record({ type: fc.constant('text' as const), text, style: fc.constantFrom('normal' as const, 'strong' as const, 'quiet' as const) }),
  fc.record({ type: fc.constant('fields' as const), fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 15 }) }),
  fc.record({
    type: fc.constant('steps' as const),
    steps: fc.array(
      fc.record({
        label: text,
        state: fc.constantFrom('waiting' as const, 'running' as const, 'done' as const, 'failed' as const, 'skipped' as const),
        detail: fc.option(text),
      }),
      { maxLength: 10 },
    ),
  }),
  fc.record({
    type: fc.constant('progress' as const),
    label: text,
    value: fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double({ noNaN: false })),
    total: fc.option(fc.integer({ min: -5, max: 50 })),
    detail: text,
  }),
  fc.record({
    type: fc.constant('table' as const),
    columns: fc.array(text, { maxLength: 6 }),
    rows: fc.array(fc.array(text, { maxLength: 8 }), { maxLength: 60 }),
  }),
  fc.record({ type: fc.constant('code' as const), text, title: fc.option(text) }),
  fc.record({
    type: fc.constant('changes' as const),
    title: text,
    changes: fc.array(fc.record({ path: text, before: fc.option(text), after: fc.option(text) }), { maxLength: 50 }),
  }),
  fc.record({ type: fc.constant('buttons' as const), buttons: fc.array(button, { maxLength: 60 }) }),
  fc.record({ type: fc.constant('time' as const), label: text, at: fc.oneof(fc.integer(), fc.constant(Number.NaN), fc.constant(8.64e15)) }),
  fc.record({
    type: fc.constant('link' as const),
    label: text,
    url: fc.oneof(
      text,
      fc.webUrl(),
      fc.constantFrom('javascript:alert(1)', 'data:text/html,x', 'https://a:b@c.example', `https://a.example/${'x'.repeat(5000)}`),
    ),
  }),
  fc.constant({ type: 'divider' as const }),
);

export const message: fc.Arbitrary<Message> = fc.record({
  summary: text,
  tone: fc.constantFrom('neutral' as const, 'progress' as const, 'success' as const, 'warning' as const, 'danger' as const),
  elements: fc.array(element, { maxLength: 70 }),
});
