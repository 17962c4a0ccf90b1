import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from '../../../adapters/terminal/command-text.ts';
import { splitWords } from '../../../src/chat/words.ts';

describe('a shell’s arguments as a command', () => {
  it.each([
    [['deploy', 'shop', 'staging'], '/deploy shop staging'],
    [['deploy', 'shop', '--reason', 'two words'], '/deploy shop --reason "two words"'],
    [['deploy', 'shop', '--reason=two words'], '/deploy shop --reason="two words"'],
    [['/status'], '/status'],
    [[], '/help'],
  ])('%j is %s', (argv, text) => {
    expect(commandText(argv)).toBe(text);
  });

  it('keeps every argument one word', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((word) => !word.startsWith('-'))), (words) => {
        const read = splitWords(commandText(['deploy', ...words])).words.slice(1);
        expect(read.map((word) => word.text)).toEqual(words);
      }),
    );
  });
});
