import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderMessage } from '../../../adapters/terminal/render-message.ts';
import type { Element, Message } from '../../../src/chat/message.ts';

const plain = { width: 60, hasColors: false, now: 1000 };
const message = (elements: readonly Element[], tone: Message['tone'] = 'neutral'): Message => ({ summary: 'Summary', tone, elements });

describe('a message in a terminal', () => {
  it('draws every element', () => {
    const lines = renderMessage(
      message([
        { type: 'header', text: 'shop → staging 1.1.0' },
        { type: 'text', text: 'It runs.', style: 'strong' },
        {
          type: 'fields',
          fields: [
            { label: 'By', value: 'Dana' },
            { label: 'Change', value: '1.0.0 → 1.1.0' },
          ],
        },
        {
          type: 'steps',
          steps: [
            { label: 'Prepare', state: 'done', detail: '0.4 s' },
            { label: 'Stage', state: 'running', detail: null },
          ],
        },
        { type: 'progress', label: 'web', value: 1, total: 2, detail: 'starting' },
        { type: 'table', columns: ['Service', 'Running'], rows: [['web', '1/2']] },
        { type: 'code', text: 'one\ntwo', title: 'Last lines' },
        {
          type: 'changes',
          title: 'web',
          changes: [
            { path: 'image', before: 'a', after: 'b' },
            { path: 'x', before: null, after: 'new' },
            { path: 'y', before: 'old', after: null },
          ],
        },
        {
          type: 'select',
          action: 'rollback-pick:shop.staging',
          placeholder: 'Another version',
          options: [
            { value: '2', label: '1.1.0 (revision 2)' },
            { value: '1', label: '1.0.0 (revision 1)' },
          ],
        },
        { type: 'buttons', buttons: [{ action: 'cancel:d1', label: 'Cancel', style: 'normal', confirm: null }] },
        { type: 'time', label: 'Usually done by', at: 61_000 },
        { type: 'link', label: 'Confirm', url: 'https://shipmate.example/confirm/abc' },
        { type: 'link', label: 'Confirm', url: 'javascript:alert(1)' },
        { type: 'divider' },
      ]),
      plain,
    );
    expect(lines.slice(0, -4)).toEqual([
      'shop → staging 1.1.0',
      'It runs.',
      'By      Dana',
      'Change  1.0.0 → 1.1.0',
      '  ✔ Prepare    0.4 s',
      '  ▸ Stage',
      '  web        ██████░░░░░░ 1/2  starting',
      'Service  Running',
      'web      1/2',
      'Last lines',
      '│ one',
      '│ two',
      'web',
      '  ~ image: a → b',
      '  + x: new',
      '  - y: old',
      'Another version:',
      '  1  1.1.0 (revision 2)',
      '  2  1.0.0 (revision 1)',
      '[ Cancel ]',
    ]);
    expect(lines.slice(-3, -1)).toEqual(['Confirm:', 'https://shipmate.example/confirm/abc']);
    expect(lines.at(-4)).toMatch(/^Usually done by \d\d:\d\d:\d\d \(in 60 s\)$/);
  });

  it('says its summary when there is nothing else', () => {
    expect(renderMessage(message([]), plain)).toEqual(['Summary']);
  });

  it('has no colour codes when colours are off, and resets every one that it sets', () => {
    const element: Element = { type: 'text', text: 'bad', style: 'strong' };
    expect(renderMessage(message([element], 'danger'), plain)).toEqual(['bad']);
    const [colored = ''] = renderMessage(message([element], 'danger'), { ...plain, hasColors: true });
    expect(colored).toContain('\u001B[31m');
    expect(colored).toContain('\u001B[39m');
  });

  it.each([
    ['half a flag', 'a\u{1F1EA}'.repeat(60)],
    ['an Arabic number sign', 'ab \u0600'.repeat(30)],
    ['a Thai AM', 'a\u0E33'.repeat(60)],
    ['a mark that joins the space before it', '\u{1F3FD}\u0E33 '.repeat(30)],
  ])('keeps a line within the terminal where %s is wider than its parts', (_letter, text) => {
    const lines = renderMessage(
      message([
        { type: 'text', text, style: 'normal' },
        { type: 'fields', fields: [{ label: text, value: text }] },
        { type: 'steps', steps: [{ label: text, state: 'running', detail: text }] },
        { type: 'progress', label: text, value: 1, total: 2, detail: text },
      ]),
      { ...plain, width: 40 },
    );
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
    expect(lines.every((line) => line.length > 0)).toBe(true);
  });

  it('never obeys text: no control character survives, no line is wider than the terminal', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constant('\u001B[2J\u001B]0;owned\u0007\rroot# '),
      fc.constant('宽'.repeat(50)),
      fc.constant('a\u{1F1EA}'.repeat(50)),
    );
    const cells = fc.array(text, { minLength: 3, maxLength: 3 });
    const element = fc.oneof(
      fc.record({ type: fc.constant('header' as const), text }),
      fc.record({
        type: fc.constant('text' as const),
        text,
        style: fc.constantFrom('normal' as const, 'strong' as const, 'quiet' as const),
      }),
      fc.record({ type: fc.constant('fields' as const), fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 3 }) }),
      fc.record({
        type: fc.constant('steps' as const),
        steps: fc.array(fc.record({ label: text, state: fc.constant('running' as const), detail: text })),
      }),
      fc.record({ type: fc.constant('progress' as const), label: text, value: fc.nat(9), total: fc.option(fc.nat(9)), detail: text }),
      fc.record({ type: fc.constant('table' as const), columns: cells, rows: fc.array(cells, { maxLength: 4 }) }),
      fc.record({ type: fc.constant('code' as const), text, title: fc.option(text) }),
      fc.record({
        type: fc.constant('changes' as const),
        title: text,
        changes: fc.array(fc.record({ path: text, before: fc.option(text), after: fc.option(text) })),
      }),
    );
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), fc.integer({ min: 40, max: 120 }), (elements, width) => {
        for (const line of renderMessage(message(elements), { width, hasColors: false, now: 0 })) {
          expect(line).not.toMatch(/\p{Cc}/u);
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 150 },
    );
  });
});
