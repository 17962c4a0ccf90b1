import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../../src/domain/scrub.ts';

describe('scrub', () => {
  it.each([
    ['a secret wherever it stands', 'hunter2, and again hunter2!', ['hunter2'], '••••••, and again ••••••!'],
    ['the longest first', 'pass-word', ['pass', 'pass-word'], '••••••'],
    ['signs that patterns know', 'say a.b*c$&', ['a.b*c$&'], 'say ••••••'],
    ['a secret as JSON writes it', String.raw`{"p":"a\"b\nc"}`, ['a"b\nc'], '{"p":"••••••"}'],
    ['a secret as URLs write it', 'GET /?p=a%26b%2Fc', ['a&b/c'], 'GET /?p=••••••'],
    ['the password of a URL', 'connect postgres://shop:hunter2@db/shop', [], 'connect postgres://shop:••••••@db/shop'],
    ['a token known by its looks', `using ${'gh'}p_16C7e42F292c6912E77 now`, [], 'using •••••• now'],
    ['a key block to its end', `-----BEGIN ${'PRIVATE'} KEY-----\nMIIE\n-----END PRIVATE KEY-----\nok`, [], '••••••\nok'],
  ])('hides %s', (_, text, secrets, shown) => {
    expect(scrub(text, secrets)).toBe(shown);
  });

  it.each(['listening on http://web:8080/a?mail=b@example.org', 'GET / 200', '', 'yes and no'])('leaves %j as it is', (text) => {
    expect(scrub(text, ['', 'yes', 'no'])).toBe(text);
  });

  it('leaves no secret of four characters or more', () => {
    const secret = fc.string({ minLength: 4 }).filter((text) => !text.includes('•'));
    fc.assert(
      fc.property(fc.string(), fc.array(secret, { minLength: 1 }), fc.string(), (before, secrets, after) => {
        const [first = ''] = secrets;
        expect(scrub(`${before}${first}${after}`, [first])).not.toContain(first);
      }),
    );
  });
});
