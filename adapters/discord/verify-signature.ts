import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** How far a request's time may be from ours: long enough for clocks, short enough that a captured request is soon worth nothing. */
const WINDOW_SECONDS = 300;

/** The application's public key, 64 hexadecimal characters in the developer portal. Throws with what to do when it is none. */
export function readPublicKey(hex: string): KeyObject {
  if (!/^[0-9a-f]{64}$/i.test(hex.trim())) {
    throw new Error('DISCORD_PUBLIC_KEY is not a public key: copy the 64 characters from General Information in the developer portal.');
  }
  const x = Buffer.from(hex.trim(), 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

export type SignedRequest = {
  /** Names and values in turn, as they came: a header that came twice must not be mistaken for one. */
  readonly rawHeaders: readonly string[];
  /** The bytes of the body, untouched. */
  readonly body: Uint8Array;
};

/**
 * Is it signed by Discord for this application, and now? Anything missing, doubled or malformed is a no.
 * https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers
 */
export function isSignedByDiscord({ rawHeaders, body }: SignedRequest, key: KeyObject, now: number): boolean {
  const signature = onlyHeader(rawHeaders, 'x-signature-ed25519');
  const timestamp = onlyHeader(rawHeaders, 'x-signature-timestamp');
  if (signature === null || timestamp === null) return false;
  if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
}

function onlyHeader(rawHeaders: readonly string[], name: string): string | null {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return values.length === 1 ? (values[0] ?? null) : null;
}
