import type { DeliveryMetrics } from '../../../src/ports/metrics.ts';
import type { Sealer } from '../../../src/ports/sealer.ts';

export const NO_DELIVERY_METRICS: DeliveryMetrics = {
  messageAttempted() {},
  messageShown() {},
  messagesPending() {},
  deliveryAccepted() {},
};

/** Seals by turning bits, bound to its place: enough to see what is opened where. */
export const turningSealer: Sealer = {
  seal: (plain, boundTo) => Buffer.concat([Buffer.from(`${boundTo}\0`), plain.map((byte) => byte ^ 0xff)]),
  open(sealed, boundTo) {
    const prefix = Buffer.from(`${boundTo}\0`);
    const bytes = Buffer.from(sealed);
    if (!bytes.subarray(0, prefix.length).equals(prefix)) throw new Error('it belongs elsewhere');
    return new Uint8Array(bytes.subarray(prefix.length)).map((byte) => byte ^ 0xff);
  },
  fingerprint: () => '0'.repeat(16),
};
