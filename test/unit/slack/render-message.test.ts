import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMessage } from '../../../adapters/slack/render-message.ts';
import type { Element, Message } from '../../../src/chat/message.ts';
import { validateCall } from '../../support/slack/validate-payload.ts';
import { HOSTILE, message } from './hostile.ts';

function of(...elements: Element[]): Message {
  return { summary: 'A summary', tone: 'neutral', elements };
}

function callFor(rendered: ReturnType<typeof renderMessage>): Record<string, string> {
  return {
    channel: 'C0123',
    text: rendered.text,
    blocks: JSON.stringify(rendered.blocks),
    metadata: JSON.stringify({ event_type: 'shipmate_message', event_payload: { id: '1' } }),
    unfurl_links: 'false',
    unfurl_media: 'false',
    parse: 'none',
    link_names: 'false',
    mrkdwn: 'false',
  };
}

describe('each element', () => {
  const table: [name: string, element: Element, blocks: unknown][] = [
    [
      'a header',
      { type: 'header', text: 'shop 1.2.3' },
      [{ type: 'header', text: { type: 'plain_text', text: 'shop 1.2.3', emoji: false } }],
    ],
    [
      'normal text',
      { type: 'text', text: 'a < b', style: 'normal' },
      [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a < b' }] }] }],
    ],
    [
      'strong text',
      { type: 'text', text: 'now', style: 'strong' },
      [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'now', style: { bold: true } }] }] }],
    ],
    [
      'quiet text',
      { type: 'text', text: 'by Ana', style: 'quiet' },
      [{ type: 'context', elements: [{ type: 'plain_text', text: 'by Ana', emoji: false }] }],
    ],
    [
      'fields',
      {
        type: 'fields',
        fields: [
          { label: 'App', value: 'shop' },
          { label: 'Version', value: '1.2.3' },
        ],
      },
      [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: 'App  ', style: { bold: true } },
                { type: 'text', text: 'shop' },
                { type: 'text', text: '\n' },
                { type: 'text', text: 'Version  ', style: { bold: true } },
                { type: 'text', text: '1.2.3' },
              ],
            },
          ],
        },
      ],
    ],
    ['no fields', { type: 'fields', fields: [] }, []],
    [
      'code',
      { type: 'code', text: 'panic: `x`', title: 'web' },
      [
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'web', style: { bold: true } }] },
            { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'panic: `x`' }], border: 0 },
          ],
        },
      ],
    ],
    [
      'a table',
      {
        type: 'table',
        columns: ['App', 'Version'],
        rows: [
          ['shop', '1.2.3'],
          ['blog', '2'],
        ],
      },
      [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_preformatted',
              elements: [{ type: 'text', text: 'App   Version\n────  ───────\nshop  1.2.3\nblog  2' }],
              border: 0,
            },
          ],
        },
      ],
    ],
    [
      'a time, in the time zone of who reads',
      { type: 'time', label: 'Started', at: Date.UTC(2026, 0, 2, 3, 4, 5) },
      [
        {
          type: 'context',
          elements: [
            { type: 'plain_text', text: 'Started', emoji: false },
            { type: 'mrkdwn', text: '<!date^1767323045^{date_short_pretty} {time_secs}|2026-01-02 03:04 UTC>', verbatim: true },
          ],
        },
      ],
    ],
    [
      'a link',
      { type: 'link', label: 'Confirm', url: 'https://shipmate.example/confirm/abc' },
      [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'shipmate-1',
              text: { type: 'plain_text', text: 'Confirm', emoji: false },
              url: 'https://shipmate.example/confirm/abc',
            },
          ],
        },
      ],
    ],
    [
      'a menu, with its action in the id',
      {
        type: 'select',
        action: 'rollback-pick:shop.staging',
        placeholder: 'Another version…',
        options: [
          { value: '3', label: '1.0.0' },
          { value: '3', label: 'the same again' },
          { value: 'x'.repeat(151), label: 'cut, it would be another' },
        ],
      },
      [
        {
          type: 'actions',
          elements: [
            {
              type: 'static_select',
              action_id: 'shipmate-1-rollback-pick:shop.staging',
              placeholder: { type: 'plain_text', text: 'Another version…', emoji: false },
              options: [{ value: '3', text: { type: 'plain_text', text: '1.0.0', emoji: false } }],
            },
          ],
        },
      ],
    ],
    ['a menu of nothing', { type: 'select', action: 'rollback-pick:shop.staging', placeholder: 'Which?', options: [] }, []],
    ['a link to no page', { type: 'link', label: 'Confirm', url: 'javascript:alert(1)' }, []],
    ['a divider', { type: 'divider' }, [{ type: 'divider' }]],
  ];
  test.each(table)('%s', (_, element, blocks) => {
    expect(renderMessage(of({ type: 'divider' }, element)).blocks.slice(1)).toEqual(blocks);
  });

  test('steps and progress say by a sign how they stand', () => {
    const { blocks } = renderMessage(
      of(
        {
          type: 'steps',
          steps: [
            { label: 'Prepare', state: 'done', detail: null },
            { label: 'Stage', state: 'done', detail: null },
            { label: 'Promote', state: 'running', detail: 'pulls the new image' },
            { label: 'Verify', state: 'waiting', detail: null },
          ],
        },
        { type: 'progress', label: 'web', value: 1, total: 2, detail: 'healthy' },
      ),
    );
    expect(textOf(blocks)).toBe('✔ Prepare     ✔ Stage\n▸ Promote  pulls the new image\n○ Verify▰▰▰▰▰▱▱▱▱▱  web  1/2  healthy');
  });

  test('the tone shows once: in front of the header, unless the message has a picture of its own', () => {
    const { text, blocks } = renderMessage({ ...of({ type: 'header', text: 'shop' }), tone: 'success' });
    expect([text, blocks]).toEqual(['✅ A summary', [{ type: 'header', text: { type: 'plain_text', text: '✅ shop', emoji: false } }]]);
    const own = renderMessage({ summary: '🚢 shop', tone: 'success', elements: [{ type: 'header', text: 'shop' }] });
    expect([own.text, own.blocks]).toEqual(['🚢 shop', [{ type: 'header', text: { type: 'plain_text', text: 'shop', emoji: false } }]]);
  });

  test('changes read as a difference', () => {
    const { blocks } = renderMessage(
      of({
        type: 'changes',
        title: 'web',
        changes: [
          { path: 'image', before: 'a', after: 'b' },
          { path: 'port', before: null, after: '80' },
          { path: 'user', before: 'root', after: null },
        ],
      }),
    );
    expect(textOf(blocks)).toBe('web~ image: a → b\n+ port: 80\n- user: root');
  });

  test('a button carries its action as the value and asks first what it was told to ask', () => {
    const { blocks } = renderMessage(
      of(
        { type: 'buttons', buttons: [{ action: 'logs:1', label: 'Logs', style: 'normal', confirm: null }] },
        {
          type: 'buttons',
          buttons: [
            {
              action: 'roll-back:1',
              label: 'Roll back',
              style: 'danger',
              confirm: { title: 'Roll back?', text: 'shop to 1', yes: 'Yes', no: 'No' },
            },
          ],
        },
      ),
    );
    expect(blocks).toMatchObject([
      { type: 'actions', elements: [{ action_id: 'shipmate-1', value: 'logs:1' }] },
      {
        type: 'actions',
        elements: [
          { action_id: 'shipmate-2', value: 'roll-back:1', style: 'danger', confirm: { text: { text: 'shop to 1' }, style: 'danger' } },
        ],
      },
    ]);
    expect(blocks[0]).not.toHaveProperty('elements.0.confirm');
  });
});

describe('what people write', () => {
  test.each(HOSTILE)('is shown and never interpreted: %j', (hostile) => {
    const rendered = renderMessage({
      summary: hostile,
      tone: 'danger',
      elements: [
        { type: 'header', text: hostile },
        { type: 'text', text: hostile, style: 'normal' },
        { type: 'text', text: hostile, style: 'quiet' },
        { type: 'fields', fields: [{ label: hostile, value: hostile }] },
        { type: 'code', text: hostile, title: hostile },
        { type: 'time', label: hostile, at: 0 },
      ],
    });
    expect(validateCall('chat.postMessage', callFor(rendered))).toEqual([]);
    // Markup is read in `mrkdwn` objects and in the text alone, and neither holds a word of theirs.
    const markup = JSON.stringify(rendered.blocks).match(/"type":"mrkdwn","text":"[^"]*"/g);
    expect(markup).toEqual(['"type":"mrkdwn","text":"<!date^0^{date_short_pretty} {time_secs}|1970-01-01 00:00 UTC>"']);
    expect(rendered.text).not.toMatch(/[<>]|[*_~`:@#](?!\u2060)/);
  });

  test('emoji codes stay words everywhere', () => {
    const { blocks } = renderMessage(
      of({ type: 'header', text: ':x:' }, { type: 'buttons', buttons: [{ action: 'a:1', label: ':x:', style: 'normal', confirm: null }] }),
    );
    expect(JSON.stringify(blocks).match(/"emoji":(\w+)/g)).toEqual(['"emoji":false', '"emoji":false']);
  });
});

describe('limits', () => {
  test('any message is one that Slack takes', () => {
    fc.assert(
      fc.property(message, (any) => {
        expect(validateCall('chat.postMessage', callFor(renderMessage(any)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('rendering twice gives the same, so that an unchanged card is not written again', () => {
    fc.assert(
      fc.property(message, (any) => {
        expect(renderMessage(any)).toEqual(renderMessage(any));
      }),
      { numRuns: 50 },
    );
  });

  test('a message with too many blocks says so and keeps its buttons', () => {
    const elements: Element[] = Array.from({ length: 80 }, () => ({ type: 'divider' }));
    const { blocks } = renderMessage(
      of(...elements, { type: 'buttons', buttons: [{ action: 'a:1', label: 'Go', style: 'primary', confirm: null }] }),
    );
    expect(blocks).toHaveLength(50);
    expect(blocks.at(-2)).toMatchObject({ type: 'actions' });
    expect(JSON.stringify(blocks.at(-1))).toContain('more than Slack shows');
  });

  test('of a long log the end is kept', () => {
    const { blocks } = renderMessage(of({ type: 'code', text: `${'line\n'.repeat(2000)}the end`, title: null }));
    expect(textOf(blocks)).toMatch(/^…\nline\n[\s\S]*the end$/);
  });

  test('a table that does not fit says how many rows are missing', () => {
    const rows = Array.from({ length: 400 }, (_, index) => [`app-${index}`, 'running']);
    expect(textOf(renderMessage(of({ type: 'table', columns: ['App', 'State'], rows })).blocks)).toMatch(/… and \d+ more$/);
  });
});

/** Every literal text of rich text blocks, one after the other. */
function textOf(blocks: unknown): string {
  return [...JSON.stringify(blocks).matchAll(/\{"type":"text","text":("(?:[^"\\]|\\.)*")/g)]
    .map((match) => String(JSON.parse(match[1] ?? '""')))
    .join('');
}
