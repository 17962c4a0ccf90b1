import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookHeaders } from '../../domain/webhook-signature.ts';

/**
 * Was this body signed with one of these keys? Standard Webhooks: HMAC-SHA256 over `<id>.<timestamp>.<raw body>`
 * (https://www.standardwebhooks.com). Every signature is compared with every key in constant time.
 */
export function isSignedWebhook({ id, timestamp, signatures }: WebhookHeaders, body: Uint8Array, keys: readonly Uint8Array[]): boolean {
  let isSigned = false;
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    for (const signature of signatures) {
      const given = Buffer.from(signature, 'base64');
      isSigned = (given.length === expected.length && timingSafeEqual(given, expected)) || isSigned;
    }
  }
  return isSigned;
}
