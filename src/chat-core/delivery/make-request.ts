import type { Candidate } from '../../domain/delivery-choice.ts';
import type { Messenger, OutgoingMessage } from '../../ports/messenger.ts';
import type { Requested, RequestStep } from './apply-result.ts';
import { channelOf, type OpenMessage } from './open-messages.ts';
import type { DeliveryParts } from './parts.ts';
import type { PlatformUsage } from './platform-usage.ts';

/** One request to the platform, measured. A messenger that throws may have sent it. */
export async function makeRequest(
  { clock, logger, metrics }: DeliveryParts,
  messenger: Messenger,
  usage: PlatformUsage,
  step: RequestStep,
  candidate: Candidate,
  message: OutgoingMessage,
): Promise<Requested> {
  const startedAt = clock.now();
  const requested = await request().catch((error: unknown): Requested => {
    logger.error({ error, platform: messenger.platform, message: message.id }, 'a messenger broke');
    const reason = 'the messenger broke';
    return step.kind === 'look'
      ? { operation: 'look', result: { kind: 'unavailable', reason, retryAfterMs: null } }
      : { operation: step.kind, result: { kind: 'unknown', reason } };
  });
  const { operation, result } = requested;
  if (result !== null) {
    metrics.messageAttempted({ platform: messenger.platform, operation, result: result.kind }, clock.now() - startedAt);
  }
  return requested;

  async function request(): Promise<Requested> {
    switch (step.kind) {
      case 'post':
        return { operation: 'post', result: await usage.make(candidate, () => messenger.post(message)) };
      case 'edit':
        return { operation: 'edit', result: await usage.make(candidate, () => messenger.edit(step.remoteId, message)) };
      case 'look':
        return { operation: 'look', result: await usage.make(candidate, () => messenger.find(message)) };
    }
  }
}

/** The message as it goes out now. A direct message is in no thread of the channel that it was meant for. */
export function outgoingMessage(open: OpenMessage, threadOf: string | null): OutgoingMessage {
  const { desired, address, delivery } = open;
  const known = address?.kind === 'known' ? address : null;
  return {
    id: desired.message.id,
    channel: channelOf(open),
    threadOf: delivery.sentTo === null ? threadOf : null,
    onlyFor: known?.onlyFor ?? null,
    handle: known?.handle ?? null,
    handleSince: known?.handleSince ?? null,
    content: desired.message.content,
  };
}
