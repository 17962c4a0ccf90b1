import type { Message } from '../../src/chat/message.ts';
import type { DeliveryResult, OutgoingMessage } from '../../src/ports/messenger.ts';
import { hasExpired, isFresh, originalResponse, parseHandle } from './answer-handle.ts';
import { CODES } from './codes.ts';
import { isDeclined, readOutcome } from './outcome.ts';
import { renderMessage } from './render-message.ts';
import type { DiscordRest } from './rest.ts';

/** Puts the answer where the interaction's own response stands, which only the person sees. It can be repeated: the same message in the same place. */
export async function answerPrivately(rest: DiscordRest, message: OutgoingMessage, content: Message, now: number): Promise<DeliveryResult> {
  const handle = message.handle === null ? null : parseHandle(message.handle);
  if (handle === null) return { kind: 'refused', reason: 'there is nothing to answer to', channelIsGone: false };
  if (hasExpired(message.handleSince, now)) return tooLate();
  try {
    await rest.request('PATCH', originalResponse(handle), renderMessage(content));
    return { kind: 'delivered', remoteId: null };
  } catch (error) {
    if (isDeclined(error, CODES.unknownWebhook, CODES.unknownMessage, CODES.unknownInteraction)) {
      return isFresh(message.handleSince, now)
        ? { kind: 'unavailable', reason: 'Discord does not know the interaction yet' }
        : { kind: 'refused', reason: 'the person closed the answer, or it is too old', channelIsGone: false };
    }
    return isDeclined(error, CODES.invalidWebhookToken) ? tooLate() : readOutcome(error);
  }
}

function tooLate(): DeliveryResult {
  return { kind: 'refused', reason: 'Discord takes private answers for 15 minutes only', channelIsGone: false };
}
