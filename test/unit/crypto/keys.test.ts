import { describe, expect, it } from 'vitest';
import { generateKey, InvalidKeysError, parseKeys } from '../../../adapters/crypto/keys.ts';

const GOOD = Buffer.alloc(32, 7).toString('base64');

describe('parseKeys', () => {
  it('reads what generateKey made, the first one first', () => {
    const [one, two] = [generateKey('new'), generateKey()];
    expect(parseKeys(`${one}, ${two},`).map((key) => [key.id, key.bytes.length])).toEqual([
      ['new', 32],
      [two.split(':')[0], 32],
    ]);
  });

  it.each([
    ['', 'there is no key'],
    [' , ', 'there is no key'],
    [GOOD, 'key 1 has no id'],
    [`k1:${GOOD},k 2:${GOOD}`, 'the id of key 2 is not 1 to 32 letters'],
    [`:${GOOD}`, 'the id of key 1'],
    ['k1:not base64!', 'key 1 ("k1") is not base64'],
    ['k1:', 'key 1 ("k1") is not base64'],
    [`k1:${Buffer.alloc(16).toString('base64')}`, 'key 1 ("k1") has 16 bytes instead of 32'],
    [`k1:${GOOD},k1:${GOOD}`, 'the key id "k1" occurs twice'],
  ])('refuses %j and says why, without the key', (text, problem) => {
    const parse = () => parseKeys(text);
    expect(parse).toThrow(InvalidKeysError);
    expect(parse).toThrow(problem);
    expect(parse).not.toThrow(GOOD);
  });
});
