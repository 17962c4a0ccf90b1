import { generateSecret, generateURI, verifySync } from 'otplib';
import type { OneTimeCodes } from '../../src/ports/one-time-codes.ts';

const SECRET_BYTES = 20;
/**
 * Seconds that a code is good for beyond its own 30: after its end, because it is read and typed before it arrives (RFC 6238,
 * 5.2, allows one step), and before its start, for a telephone whose clock is ahead.
 */
const TYPED_LATE_S = 20;
const CLOCK_AHEAD_S = 10;

/** TOTP by otplib: SHA-1, six digits, 30 s, its defaults and those of every authenticator app. */
export const authenticatorCodes: OneTimeCodes = {
  newSecret: () => generateSecret({ length: SECRET_BYTES }),
  uri: ({ issuer, account, secret }) => generateURI({ issuer, label: account, secret }),
  stepOf(code, secret, now) {
    if (!/^[0-9]{6}$/.test(code)) return null;
    const epochTolerance: [number, number] = [TYPED_LATE_S, CLOCK_AHEAD_S];
    const result = verifySync({ secret, token: code, epoch: Math.floor(now / 1000), epochTolerance });
    return result.valid && 'timeStep' in result ? result.timeStep : null;
  },
};
