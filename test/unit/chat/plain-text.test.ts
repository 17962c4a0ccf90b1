import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, clipStart, plainLine, plainText } from '../../../src/chat/plain-text.ts';

describe('plain text', () => {
  it('removes terminal sequences as a whole, so that nothing of them stays behind', () => {
    expect(plainText('a\u001B[31mred\u001B[0m\u001B]8;;http://x\u0007link\u001B]8;;\u0007 b')).toBe('aredlink b');
  });

  it('removes characters that make text read as something it is not', () => {
    expect(plainText('prod\u202Egnigats\u200B')).toBe('prodgnigats');
  });

  it('keeps lines and one line apart', () => {
    expect(plainText('a\r\nb\u2028c')).toBe('a\nb\nc');
    expect(plainLine(' a\r\n b ')).toBe('a b');
  });

  it('never leaves a control character other than a line break', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('is bounded and well formed after cutting, from either end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 30 }), (text, max) => {
        const well = text.toWellFormed();
        for (const cut of [clip(well, max), clipStart(well, max)]) {
          expect(cut.length).toBeLessThanOrEqual(Math.max(max, 2));
          expect(cut.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('cuts logs at a line, keeping the newest', () => {
    expect(clipStart('first line\nsecond line\nthird', 16)).toBe('…\nthird');
  });
});
