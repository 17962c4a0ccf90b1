import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/ports/clock.ts';

/** "More than five minutes from local time … could be a replay attack": https://docs.slack.dev/authentication/verifying-requests-from-slack. */
const WINDOW_S = 5 * 60;

/** The values of the two headers, each as often as it was sent. */
export type SignatureHeaders = { readonly timestamp: readonly string[]; readonly signature: readonly string[] };

export type SignatureCheck = {
  /** Can these headers belong to a request of Slack's at all? Costs nothing, so it comes before the body is read. */
  isPlausible(headers: SignatureHeaders): boolean;
  /** Was this body signed with our secret, now? */
  isSigned(headers: SignatureHeaders, body: Buffer): boolean;
};

/**
 * HMAC-SHA256 over `v0:<timestamp>:<raw body>`, hexadecimal, compared in constant time. Requests from the future are as
 * wrong as old ones, and a header that stands twice is nobody's: which one a proxy checked would be unknown.
 */
export function createSignatureCheck(secret: string, clock: Clock): SignatureCheck {
  if (secret.trim() === '') throw new Error('the Slack signing secret is empty: everybody could sign with it');
  return {
    isPlausible: (headers) => readHeaders(headers, clock.now()) !== null,
    isSigned(headers, body) {
      const read = readHeaders(headers, clock.now());
      if (read === null) return false;
      const expected = createHmac('sha256', secret).update(`v0:${read.timestamp}:`).update(body).digest();
      return timingSafeEqual(read.digest, expected);
    },
  };
}

function readHeaders({ timestamp, signature }: SignatureHeaders, nowMs: number): { timestamp: string; digest: Buffer } | null {
  const [at] = timestamp;
  const [signed] = signature;
  if (at === undefined || signed === undefined || timestamp.length !== 1 || signature.length !== 1) return null;
  if (!/^\d{1,12}$/.test(at) || Math.abs(nowMs / 1000 - Number(at)) > WINDOW_S) return null;
  const hex = /^v0=([0-9a-f]{64})$/.exec(signed)?.[1];
  return hex === undefined ? null : { timestamp: at, digest: Buffer.from(hex, 'hex') };
}
