import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakFences, escapeMarkdown, escapeWithin, fenced } from '../../../adapters/discord/escape-markdown.ts';
import { plainText } from '../../../src/chat/plain-text.ts';
import { HOSTILE_TEXTS } from '../../support/discord/hostile.ts';
import { kindsIn, parseMarkdown, visibleText } from '../../support/discord/markdown.ts';

const soup = fc
  .array(
    fc.constantFrom(
      '*',
      '_',
      '~',
      '`',
      '|',
      '\\',
      '<',
      '>',
      '@',
      '#',
      ':',
      '[',
      ']',
      '(',
      ')',
      '-',
      '+',
      '1',
      '.',
      ' ',
      '\n',
      'a',
      'everyone',
      't:1:R',
      'https://x',
      '😀',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('escaping for Discord', () => {
  it.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 60), plainText(text)]))('shows %j as it was typed', (_name, text) => {
    const nodes = parseMarkdown(escapeMarkdown(text));
    expect(visibleText(nodes)).toBe(text);
    expect([...kindsIn(nodes)].filter((kind) => kind !== 'text')).toEqual([]);
  });

  it('shows any mixture of marks as it was typed', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const nodes = parseMarkdown(escapeMarkdown(text));
        expect(visibleText(nodes)).toBe(text);
        expect([...kindsIn(nodes)].filter((kind) => kind !== 'text')).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('the reader of markdown used here does see markup where there is some', () => {
    const all = kindsIn(parseMarkdown(HOSTILE_TEXTS.slice(0, 6).join('\n')));
    for (const kind of [
      'mention',
      'emoji',
      'time',
      'link',
      'heading',
      'small',
      'quote',
      'list',
      'strong',
      'emphasis',
      'spoiler',
      'strike',
      'code',
      'block',
    ]) {
      expect(all).toContain(kind);
    }
  });

  it('never exceeds its room and never ends in half an escape', () => {
    fc.assert(
      fc.property(soup, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const escaped = escapeWithin(text, max);
        expect(escaped.length).toBeLessThanOrEqual(max);
        expect(/(?<!\\)(?:\\\\)*\\$/.test(escaped)).toBe(false);
      }),
    );
  });

  it('keeps text within its fence, whatever backticks it has', () => {
    fc.assert(
      fc.property(soup, (text) => {
        fc.pre(text.trim() !== '');
        const nodes = parseMarkdown(fenced(text));
        expect(nodes).toHaveLength(1);
        expect(nodes[0]?.kind).toBe('block');
      }),
    );
    expect(breakFences('a```b')).not.toContain('``');
  });
});
