/** “timestamp within 5 minutes”: the tolerance of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, “Verifying webhook authenticity”). */
export const WEBHOOK_TOLERANCE_S = 300;

/** As sent: an id without a dot would move into the timestamp, so only ids that cannot are taken. */
const ID = /^[A-Za-z0-9_-]{1,128}$/;
const TIMESTAMP = /^\d{1,12}$/;

export type WebhookHeaders = { readonly id: string; readonly timestamp: string; readonly signatures: readonly string[] };

/** Headers that can belong to a delivery of now, with its `v1` signatures in Base64; null otherwise. Costs nothing, so it comes before any hashing. */
export function readWebhookHeaders(
  { id, timestamp, signature }: { readonly id: string | null; readonly timestamp: string | null; readonly signature: string | null },
  nowMs: number,
): WebhookHeaders | null {
  if (id === null || timestamp === null || signature === null || !ID.test(id) || !TIMESTAMP.test(timestamp)) return null;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > WEBHOOK_TOLERANCE_S) return null;
  const signatures = signature
    .split(' ')
    .flatMap((one) => (one.startsWith('v1,') ? [one.slice('v1,'.length)] : []))
    .slice(0, 8);
  return signatures.length === 0 ? null : { id, timestamp, signatures };
}
