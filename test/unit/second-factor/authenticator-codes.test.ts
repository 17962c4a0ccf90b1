import fc from 'fast-check';
import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { authenticatorCodes } from '../../../adapters/otp/authenticator-codes.ts';

/** `12345678901234567890` in Base32: the secret of the appendix. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('codes of authenticator apps', () => {
  // https://www.rfc-editor.org/rfc/rfc6238#appendix-B, SHA-1, whose eight digits end in the six that apps show.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %i s are those of RFC 6238', (seconds, code) => {
    expect(authenticatorCodes.stepOf(code, SECRET, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it.each([
    ['its first moment', 0, true],
    ['its last moment', 29_999, true],
    ['20 s after its end', 49_999, true],
    ['later', 50_000, false],
    ['10 s before its start', -10_000, true],
    ['earlier', -11_000, false],
  ])('are good in %s: %s', (_name, offsetMs, isGood) => {
    const step = 50_000_000;
    const code = generateSync({ secret: SECRET, epoch: step * 30 });
    expect(authenticatorCodes.stepOf(code, SECRET, step * 30_000 + offsetMs)).toBe(isGood ? step : null);
  });

  it('are six digits and nothing else, whatever is typed', () => {
    const now = 59_000;
    for (const text of ['', '28708', '2870820', '287 082', '２８７０８２', '287082\n', '28708a', "' OR 1=1", '0'.repeat(10_000)]) {
      expect(authenticatorCodes.stepOf(text, SECRET, now)).toBeNull();
    }
    fc.assert(fc.property(fc.string(), (text) => authenticatorCodes.stepOf(text, SECRET, now) === (text === '287082' ? 1 : null)));
  });

  it('come from secrets of 160 random bits, and say so to the app', () => {
    const secrets = Array.from({ length: 50 }, () => authenticatorCodes.newSecret());
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(authenticatorCodes.uri({ issuer: 'Shipmate', account: 'Ana & Ben', secret: SECRET }));
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual(['otpauth:', 'totp', '/Shipmate:Ana & Ben']);
    expect(uri.searchParams.get('secret')).toBe(SECRET);
  });
});
