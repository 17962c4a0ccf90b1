import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteWord, splitWords } from '../../../src/chat/words.ts';

const texts = (text: string) => splitWords(text).words.map((word) => word.text);

describe('splitting into words', () => {
  it.each([
    ['plain words', '/deploy shop  staging', ['/deploy', 'shop', 'staging']],
    ['double quotes', 'a "two words" b', ['a', 'two words', 'b']],
    ['single quotes', "a 'two words' b", ['a', 'two words', 'b']],
    ['quotes that a phone curled', '--reason “it is broken”', ['--reason', 'it is broken']],
    ['German quotes', '--reason „kaputt seit heute“', ['--reason', 'kaputt seit heute']],
    ['a quote after an equals sign', '--reason="it is broken"', ['--reason=it is broken']],
    ['the apostrophe in a word', 'don’t panic', ['don’t', 'panic']],
    ['an escaped quote', '"say \\"hi\\""', ['say "hi"']],
    ['an em dash for two dashes', '—reason x', ['--reason', 'x']],
    ['a dash of its own', 'a — b', ['a', '—', 'b']],
    ['a space that does not break', 'shop\u00A0staging', ['shop', 'staging']],
    ['an empty quoted word', 'a ""', ['a', '']],
  ])('reads %s', (_title, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('says which quotation mark was never closed', () => {
    expect(splitWords('--reason “it is').unclosed).toBe('“');
  });

  it('reads back every word that it quoted itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(texts(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });
});
