// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Compose's variables, not JavaScript's
import { describe, expect, it } from 'vitest';
import { parseByteSize } from '../../../../adapters/compose/values/byte-size.ts';
import { parseDotenv } from '../../../../adapters/compose/values/dotenv.ts';
import { parseDuration } from '../../../../adapters/compose/values/duration.ts';
import { splitShellWords } from '../../../../adapters/compose/values/shell-words.ts';

describe('a duration', () => {
  it.each<[string, number | null]>([
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1h5m30s20ms', 3_930_020],
    ['1.5s', 1500],
    ['500us', 0.5],
    ['100ns', 0.0001],
    ['0', 0],
    ['0s', 0],
    ['', null],
    ['10', null],
    ['-1s', null],
    ['1d', null],
    ['1 s', null],
    ['s', null],
    [`${'9'.repeat(400)}h`, null],
  ])('%s is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('a size', () => {
  it.each<[string, number | null]>([
    ['1024', 1024],
    ['64b', 64],
    ['1k', 1024],
    ['1kb', 1024],
    ['1KiB', 1024],
    ['1.5G', 1_610_612_736],
    ['2 MB', 2_097_152],
    ['0', 0],
    ['', null],
    ['-1', null],
    ['1x', null],
    ['1ib', null],
    ['99999999p', null],
  ])('%s is %s bytes', (text, expected) => {
    expect(parseByteSize(text)).toBe(expected);
  });
});

describe('a command line', () => {
  it.each<[string, readonly string[] | null]>([
    ['a b  c', ['a', 'b', 'c']],
    ['a \'b c\' "d e"', ['a', 'b c', 'd e']],
    ['a\\ b', ['a b']],
    ['"a\\"b" "c\\d"', ['a"b', 'c\\d']],
    ["x'y'z", ['xyz']],
    ['""', ['']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ['', []],
    ['"open', null],
    ["'open", null],
    ['end\\', null],
  ])('%s is split into words', (line, expected) => {
    expect(splitShellWords(line)).toEqual(expected);
  });
});

describe('an env file', () => {
  const read = (text: string, format: 'dotenv' | 'raw' = 'dotenv') => {
    const { entries, problems } = parseDotenv(text, (name) => (name === 'OUTER' ? 'outer' : undefined), format);
    return { values: Object.fromEntries(entries.map(({ name, value }) => [name, value])), problems };
  };

  it.each<[what: string, text: string, expected: Record<string, string | null>]>([
    ['plain values', 'A=1\nB = 2 \nC=', { A: '1', B: '2', C: '' }],
    ['comments and blank lines', '# c\n\nA=1 # c\nB=1#2\n  # c', { A: '1', B: '1#2' }],
    ['single quotes, literally', "A='$OUTER \\n # x' # c", { A: '$OUTER \\n # x' }],
    ['double quotes, with escapes and variables', 'A="$OUTER\\n\\"x\\" \\$OUTER # y"', { A: 'outer\n"x" $OUTER # y' }],
    ['values over several lines', 'A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['variables of earlier lines and from outside', 'A=1\nB=$A-${OUTER}-${NONE:-d}', { A: '1', B: '1-outer-d' }],
    ['export', 'export A=1', { A: '1' }],
    ['names without a value', 'A\nB=1', { A: null, B: '1' }],
    ['Windows line ends and a byte order mark', '\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['values with an equals sign', 'A=b=c', { A: 'b=c' }],
  ])('may have %s', (_what, text, expected) => {
    expect(read(text)).toEqual({ values: expected, problems: [] });
  });

  it('is taken as it stands in the raw format', () => {
    expect(read('A="x" # y $OUTER', 'raw').values).toEqual({ A: '"x" # y $OUTER' });
  });

  it.each<[string, number, string]>([
    ['A=1\n=2', 2, 'This line is not of the form NAME=value.'],
    ['A=1\n1B=2', 2, 'This line is not of the form NAME=value.'],
    ['A=1\nB="open', 2, 'A quote is left open.'],
    ['A=$NONE', 1, 'The variable NONE is not set.'],
  ])('with a mistake says on which line: %j', (text, line, problem) => {
    expect(read(text).problems).toEqual([{ line, problem }]);
  });
});
