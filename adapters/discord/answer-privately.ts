import type { Message } from '../../src/chat/message.ts';
import type { DeliveryResult, OutgoingMessage } from '../../src/ports/messenger.ts';
import { type AnswerHandle, followUp, hasExpired, isFresh, originalResponse, parseHandle } from './answer-handle.ts';
import { CODES } from './codes.ts';
import { isDeclined, readOutcome } from './outcome.ts';
import { ephemeral } from './payload.ts';
import { renderMessage } from './render-message.ts';
import type { DiscordRest } from './rest.ts';

/**
 * Puts the answer where the interaction's own response stands, which only the person sees. It can be repeated: the same message in the same place.
 * Where that response was taken away already, because the answer was to stand in the channel, a further message for the person takes its place.
 */
export async function answerPrivately(rest: DiscordRest, message: OutgoingMessage, content: Message, now: number): Promise<DeliveryResult> {
  const handle = message.handle === null ? null : parseHandle(message.handle);
  if (handle === null) return { kind: 'refused', reason: 'there is nothing to answer to', channelIsGone: false };
  if (hasExpired(message.handleSince, now)) return tooLate();
  try {
    await inPlaceOfResponse(rest, handle, content);
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

async function inPlaceOfResponse(rest: DiscordRest, handle: AnswerHandle, content: Message): Promise<void> {
  try {
    await rest.request('PATCH', originalResponse(handle), renderMessage(content));
  } catch (error) {
    if (!isDeclined(error, CODES.unknownMessage)) throw error;
    await rest.request('POST', followUp(handle), ephemeral(renderMessage(content)));
  }
}

function tooLate(): DeliveryResult {
  return { kind: 'refused', reason: 'Discord takes private answers for 15 minutes only', channelIsGone: false };
}
