import { describe, expect, it } from 'vitest';
import { LocalAccess } from '../../../src/cli/local-access.ts';

const NOW = 1_800_000_000_000;
const MINUTES = 60_000;
const access = new LocalAccess({ id: 'k1', bytes: new Uint8Array(32).fill(7) });
const other = new LocalAccess({ id: 'k1', bytes: new Uint8Array(32).fill(8) });

/** Each character changed once. */
const changed = (text: string): readonly string[] =>
  [...text].map((sign, index) => `${text.slice(0, index)}${sign === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`);

describe('a sign-in code', () => {
  it('is for one person, for ten minutes, and never twice the same', () => {
    const code = access.signInCode('ada', NOW);
    const read = access.readSignInCode(code, NOW + 10 * MINUTES);
    expect(read).toMatchObject({ person: 'ada' });
    expect(access.readSignInCode(code, NOW + 10 * MINUTES + 1)).toBeNull();
    expect(access.readSignInCode(access.signInCode('ada', NOW), NOW)?.nonce).not.toBe(read?.nonce);
  });

  it('is nobody’s when anything in it was changed, or under another key', () => {
    const code = access.signInCode('ada', NOW);
    for (const forged of [...changed(code), '', '.', code.slice(1), `${code}.`]) expect(access.readSignInCode(forged, NOW)).toBeNull();
    expect(other.readSignInCode(code, NOW)).toBeNull();
  });
});

describe('a token of the terminal', () => {
  it('names one person, and nobody when it was changed, or under another key', () => {
    const token = access.tokenFor('ada');
    expect(access.personOf(token)).toBe('ada');
    for (const forged of [...changed(token), '', '.', 'ada']) expect(access.personOf(forged)).toBeNull();
    expect(other.personOf(token)).toBeNull();
  });

  it('is no sign-in code, and a code no token: one key, but signatures for one purpose each', () => {
    expect(access.readSignInCode(access.tokenFor('ada'), NOW)).toBeNull();
    expect(access.personOf(access.signInCode('ada', NOW))).toBeNull();
    expect(access.sessionSecret).not.toBe(other.sessionSecret);
  });
});
