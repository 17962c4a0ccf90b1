import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, parseExactJson, plainDigits } from '../../../src/domain/exact-json.ts';

describe('the canonical text', () => {
  it.each([
    ['{ "b" : 1.10, "a": [] }', '{"a":[],"b":1.1}'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['{"\u{1F600}":1,"\uFFFD":2,"z":3}', '{"z":3,"\uFFFD":2,"\u{1F600}":1}'],
    ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
    ['"\\u001f\\u007f\\u2028\\/\\b\\f\\n\\r\\t\\"\\\\"', '"\\u001f\u007f\u2028/\\b\\f\\n\\r\\t\\"\\\\"'],
    ['[null,true,"ü"]', '[null,true,"ü"]'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalText(parseExactJson(text))).toBe(canonical);
  });

  it('says the same as the value, and again the same when it is read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalText(parseExactJson(JSON.stringify(value)));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalText(parseExactJson(text))).toBe(text);
      }),
    );
  });
});

describe('plain digits', () => {
  it.each([
    ['0', '0'],
    ['-0.00', '0'],
    ['1.50e2', '150'],
    ['1e21', '1000000000000000000000'],
    ['-1.25E-3', '-0.00125'],
    ['100', '100'],
    ['0.10', '0.1'],
    ['5e-324', `0.${'0'.repeat(323)}5`],
  ])('of %s are %s', (source, digits) => {
    expect(plainDigits(source)).toBe(digits);
  });

  it('are the same number for every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const digits = plainDigits(JSON.stringify(number));
        expect(digits).not.toMatch(/e|^-?0\d|\.\d*0$/i);
        expect(Number(digits)).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('refuse a number that would fill the memory', () => {
    expect(() => parseExactJson('1e999999999')).toThrow(SyntaxError);
  });
});
