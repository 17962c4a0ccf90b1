import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../adapters/discord/identity-of-message.ts';
import { actionToConfirm, askFirst } from '../../../adapters/discord/render-buttons.ts';
import { renderConfirmation, renderNotice } from '../../../adapters/discord/render-confirmation.ts';
import { renderForm } from '../../../adapters/discord/render-form.ts';
import { renderMessage } from '../../../adapters/discord/render-message.ts';
import { formatAction, parseAction } from '../../../src/chat/action-id.ts';
import type { Button, Element, Form, Message } from '../../../src/chat/message.ts';
import { anyForm, anyMessage } from '../../support/discord/any-message.ts';
import { HOSTILE_TEXTS } from '../../support/discord/hostile.ts';
import { kindsIn, parseMarkdown, visibleText } from '../../support/discord/markdown.ts';
import { validateMessage, validateResponse } from '../../support/discord/validate-payload.ts';

const message = (...elements: Element[]): Message => ({ summary: 'Shop', tone: 'progress', elements });
const button = (action: string, confirm: Button['confirm'] = null): Button => ({ action, label: action, style: 'normal', confirm });

type Rendered = { type: number; content?: string; components?: Rendered[]; custom_id?: string; id?: number; accent_color?: number };
function inside(rendered: ReturnType<typeof renderMessage>): readonly Rendered[] {
  return (rendered.components as unknown as Rendered[])[0]?.components ?? [];
}
function textOf(rendered: ReturnType<typeof renderMessage>): string {
  return inside(rendered)
    .flatMap(({ content }) => content ?? [])
    .join('\n');
}

describe('a neutral message on Discord', () => {
  it.each<[string, Element, string]>([
    ['a header', { type: 'header', text: 'shop → staging' }, '### shop → staging'],
    ['a text', { type: 'text', text: 'a_b', style: 'normal' }, 'a\\_b'],
    ['a strong text', { type: 'text', text: 'Rolled *back*', style: 'strong' }, '**Rolled \\*back\\***'],
    ['a quiet text', { type: 'text', text: 'one\ntwo', style: 'quiet' }, '-# one\n-# two'],
    [
      'fields',
      {
        type: 'fields',
        fields: [
          { label: 'By', value: '@everyone' },
          { label: 'Why', value: '' },
        ],
      },
      '**By** \\@everyone\n**Why**',
    ],
    [
      'steps',
      {
        type: 'steps',
        steps: [
          { label: 'Prepare', state: 'done', detail: '2 s' },
          { label: 'Promote', state: 'running', detail: null },
          { label: 'Verify', state: 'waiting', detail: null },
          { label: 'Clean up', state: 'waiting', detail: null },
        ],
      },
      '✅ **Prepare** 2 s\n▶️ **Promote**\n▫️ Verify  ▫️ Clean up',
    ],
    ['progress', { type: 'progress', label: 'web', value: 1, total: 2, detail: 'starting' }, '`██████░░░░░░` **web** 1/2 · starting'],
    ['progress without a total', { type: 'progress', label: 'web', value: 3, total: null, detail: '' }, '`░░░░░░░░░░░░` **web** 3'],
    ['a table', { type: 'table', columns: ['App', 'Runs'], rows: [['shop', '1.1.0']] }, '```\nApp   Runs\nshop  1.1.0\n```'],
    ['code', { type: 'code', text: 'a```b', title: 'Logs' }, '**Logs**\n```\na`\u200B`\u200B`b\n```'],
    [
      'changes',
      {
        type: 'changes',
        title: 'web',
        changes: [
          { path: 'image', before: 'a', after: 'b' },
          { path: 'port', before: null, after: '80' },
        ],
      },
      '**web**\n```\n~ image: a → b\n+ port: 80\n```',
    ],
    ['a time', { type: 'time', label: 'Expected end', at: 1_700_000_000_999 }, '**Expected end** <t:1700000000:R>, <t:1700000000:f>'],
    ['a time that is none', { type: 'time', label: 'End', at: Number.NaN }, '**End** ?'],
  ])('writes %s', (_name, element, text) => {
    expect(textOf(renderMessage(message(element)))).toBe(text);
  });

  it('keeps the order: texts together, dividers and buttons where they stand', () => {
    const rendered = renderMessage(
      message(
        { type: 'header', text: 'A' },
        { type: 'text', text: 'B', style: 'normal' },
        { type: 'divider' },
        { type: 'buttons', buttons: ['a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1'].map((action) => button(action)) },
        { type: 'text', text: 'C', style: 'normal' },
      ),
    );
    expect(inside(rendered).map(({ type, components }) => [type, components?.length])).toEqual([
      [10, undefined],
      [14, undefined],
      [1, 5],
      [1, 1],
      [10, undefined],
    ]);
  });

  it('leads to pages by a button, and nowhere else', () => {
    const link = (url: string): Element => ({ type: 'link', label: 'Confirm', url });
    const rendered = renderMessage(message(link('https://shipmate.example/confirm/abc'), link('javascript:alert(1)')));
    expect(validateMessage(rendered, 'create')).toEqual([]);
    const rows = inside(rendered).filter(({ type }) => type === 1);
    expect(rows.map(({ components }) => components)).toEqual([
      [{ type: 2, style: 5, label: 'Confirm', url: 'https://shipmate.example/confirm/abc' }],
    ]);
  });

  it('offers a choice by a menu in a row of its own, as many as Discord shows', () => {
    const options = Array.from({ length: 30 }, (_, index) => ({ value: String(index % 29), label: index === 0 ? '' : `1.${index}.0` }));
    const menu: Element = { type: 'select', action: 'rollback-pick:shop.staging', placeholder: 'Another version…', options };
    const rendered = renderMessage(message(menu, menu, { ...menu, action: 'no action' }, { ...menu, action: 'a:1', options: [] }));
    expect(validateMessage(rendered, 'create')).toEqual([]);
    const rows = inside(rendered).filter(({ type }) => type === 1);
    expect(rows).toHaveLength(1);
    const shown = options.slice(0, 25).map(({ value, label }) => ({ value, label: label || '…' }));
    const expected = { type: 3, custom_id: 'rollback-pick:shop.staging', placeholder: 'Another version…', options: shown };
    expect(rows[0]?.components).toEqual([expected]);
  });

  it('shows the tone as the colour of its bar', () => {
    const colours = (['neutral', 'progress', 'success', 'warning', 'danger'] as const).map(
      (tone) => (renderMessage({ ...message(), tone }).components as unknown as Rendered[])[0]?.accent_color,
    );
    expect(new Set(colours).size).toBe(5);
  });

  it('a message without elements says its summary', () => {
    expect(textOf(renderMessage({ summary: 'Done.', tone: 'success', elements: [] }))).toBe('Done.');
  });

  it('a button that asks first carries no action that could run', () => {
    const action = formatAction('rollback', 'd1');
    const confirm = { title: 'Sure?', text: 'It goes back.', yes: 'Yes', no: 'No' };
    const [row] = inside(renderMessage(message({ type: 'buttons', buttons: [button(action, confirm)] }))).filter(({ type }) => type === 1);
    const id = row?.components?.[0]?.custom_id ?? '';
    expect(parseAction(id)).toBeNull();
    expect(actionToConfirm(id)).toBe(action);
    expect(actionToConfirm(action)).toBeNull();
    expect(validateMessage(renderConfirmation(confirm, action), 'callback')).toEqual([]);
  });

  it('asks first for the longest action too', () => {
    const action = `r:${'x'.repeat(96)}`;
    expect(askFirst(action)).toHaveLength(action.length);
    expect(actionToConfirm(askFirst(action))).toBe(action);
  });

  it('is found again by the ids of two components, which follow from our id alone', () => {
    const identity = identityOf('m-1');
    const [container] = renderMessage(message({ type: 'header', text: 'A' }), identity).components as unknown as Rendered[];
    expect([container?.id, container?.components?.[0]?.id]).toEqual([identity.container, identity.text]);
    expect(identityOf('m-1')).toEqual(identity);
    expect(identityOf('m-2')).not.toEqual(identity);
    expect(identity.nonce.length).toBeLessThanOrEqual(25);
  });
});

describe('what is sent to Discord', () => {
  it('is within every limit, whatever the message', () => {
    fc.assert(
      fc.property(anyMessage, fc.string(), (any, id) => {
        expect(validateMessage(renderMessage(any, identityOf(id)), 'create')).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps every button as long as there is room for components', () => {
    const texts = Array.from({ length: 30 }, (): Element => ({ type: 'text', text: 'x'.repeat(1500), style: 'normal' }));
    const rendered = renderMessage(message(...texts, { type: 'buttons', buttons: [button('a:1'), button('b:2')] }));
    expect(inside(rendered).at(-1)?.components).toHaveLength(2);
    expect(validateMessage(rendered, 'create')).toEqual([]);
  });

  it('gives dividers up before buttons, and buttons before texts, when there are too many components', () => {
    const many = Array.from({ length: 12 }, (_, index): readonly Element[] => [
      { type: 'text', text: `text ${index}`, style: 'normal' },
      { type: 'divider' },
      { type: 'buttons', buttons: ['a', 'b', 'c'].map((verb) => button(`${verb}:${index}`)) },
    ]).flat();
    const rendered = renderMessage(message(...many));
    expect(validateMessage(rendered, 'create')).toEqual([]);
    expect(inside(rendered).filter(({ type }) => type === 14)).toEqual([]);
    expect(inside(rendered).filter(({ type }) => type === 1).length).toBeGreaterThanOrEqual(7);
    for (let index = 0; index < 12; index += 1) expect(textOf(rendered)).toContain(`text ${index}`);
  });

  it('gives a long log the room that short elements leave', () => {
    const rendered = renderMessage(message({ type: 'header', text: 'Logs' }, { type: 'code', text: 'line\n'.repeat(2000), title: null }));
    expect(textOf(rendered).length).toBeGreaterThan(3900);
  });

  it('lets nobody be mentioned and nothing be marked up by what people wrote', () => {
    for (const hostile of HOSTILE_TEXTS) {
      const all = message(
        { type: 'header', text: hostile },
        { type: 'text', text: hostile, style: 'normal' },
        { type: 'fields', fields: [{ label: hostile, value: hostile }] },
        { type: 'steps', steps: [{ label: hostile, state: 'waiting', detail: hostile }] },
        { type: 'progress', label: hostile, value: 1, total: 2, detail: hostile },
        { type: 'table', columns: [hostile, hostile], rows: [[hostile, hostile]] },
        { type: 'code', text: hostile, title: hostile },
        { type: 'changes', title: hostile, changes: [{ path: hostile, before: hostile, after: hostile }] },
        { type: 'time', label: hostile, at: Number.NaN },
      );
      const rendered = renderMessage(all);
      expect(rendered.allowed_mentions).toEqual({ parse: [] });
      expect(validateMessage(rendered, 'create')).toEqual([]);
      const kinds = kindsIn(parseMarkdown(textOf(rendered)));
      for (const kind of ['mention', 'emoji', 'link', 'spoiler', 'emphasis', 'underline', 'strike', 'quote', 'list', 'time'] as const) {
        expect([kind, hostile.slice(0, 40), kinds.has(kind)]).toEqual([kind, hostile.slice(0, 40), false]);
      }
    }
  });

  it('says what the adapter itself has to say within the same rules', () => {
    for (const hostile of [...HOSTILE_TEXTS, '']) {
      const notice = renderNotice(hostile);
      expect(validateMessage(notice, 'create')).toEqual([]);
      const confirmation = renderConfirmation({ title: hostile, text: hostile, yes: hostile, no: hostile }, 'rollback:1');
      expect(validateMessage(confirmation, 'callback')).toEqual([]);
      expect(visibleText(parseMarkdown(String((notice.components[0] as Rendered).content)))).not.toBe('');
    }
  });
});

describe('a form on Discord', () => {
  const form = (fields: Form['fields']): Form => ({ action: 'deploy-form:1', title: 'Deploy', submit: 'Deploy', fields });
  const input = (name: string, optional: boolean): Form['fields'][number] => ({
    type: 'input',
    name,
    label: name,
    placeholder: '',
    initial: null,
    optional,
    multiline: false,
  });

  it('is a modal within every limit, whatever the form', () => {
    fc.assert(
      fc.property(anyForm, (any) => {
        expect(validateResponse({ type: 9, data: renderForm(any) })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('starts a field empty that was to start with white space', () => {
    const field = { ...input('reason', false), initial: '\t', multiline: true } as const;
    expect(validateResponse({ type: 9, data: renderForm(form([field])) })).toEqual([]);
  });

  it('keeps required fields when there are too many', () => {
    const fields = [input('a', true), input('b', false), input('c', true), input('d', false), input('e', true), input('f', false)];
    const names = renderForm(form(fields)).components.map(
      (label) => 'component' in label && 'custom_id' in label.component && label.component.custom_id,
    );
    expect(names).toEqual(['a', 'b', 'c', 'd', 'f']);
  });

  it('lets a choice of more than 25 be typed instead of losing options', () => {
    const options = Array.from({ length: 26 }, (_, index) => ({ value: `v${index}`, label: '' }));
    const select = { type: 'select', name: 'version', label: 'Version', options, initial: 'v3', optional: false } as const;
    const types = [select, { ...select, options: options.slice(1) }].map((field) => {
      const [label] = renderForm(form([field])).components;
      return label !== undefined && 'component' in label ? label.component.type : null;
    });
    expect(types).toEqual([4, 3]);
  });
});
