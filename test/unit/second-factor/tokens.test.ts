import { describe, expect, it } from 'vitest';
import {
  challengeFor,
  hashRecoveryCode,
  looksLikeRecoveryCode,
  newRecoveryCodes,
  newToken,
} from '../../../src/application/second-factor/tokens.ts';

describe('tokens', () => {
  it('have 256 random bits and fit an address', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('make challenges that stand for one text and one nonce', () => {
    const challenge = challengeFor('n', 'text');
    expect(Buffer.from(challenge, 'base64url')).toHaveLength(32);
    expect(challengeFor('n', 'text')).toBe(challenge);
    expect(challengeFor('m', 'text')).not.toBe(challenge);
    expect(challengeFor('n', 'other')).not.toBe(challenge);
  });
});

describe('recovery codes', () => {
  it('are ten, of more than 112 bits each, without letters that are taken for others', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^(?:[A-HJKMNP-TV-Z2-9]{6}-){3}[A-HJKMNP-TV-Z2-9]{6}$/);
    expect(24 * Math.log2(30)).toBeGreaterThan(112);
  });

  it('are one person’s, however they are typed', () => {
    const [code = ''] = newRecoveryCodes();
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ')} `;
    expect(looksLikeRecoveryCode(typed)).toBe(true);
    expect(hashRecoveryCode('ada', typed)).toBe(hashRecoveryCode('ada', code));
    expect(hashRecoveryCode('bo', code)).not.toBe(hashRecoveryCode('ada', code));
    expect(looksLikeRecoveryCode('123 456')).toBe(false);
  });
});
