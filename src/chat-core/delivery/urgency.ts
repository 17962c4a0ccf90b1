import type { Delivery } from '../../domain/delivery.ts';
import type { Urgency } from '../../domain/delivery-choice.ts';
import type { StoredMessage } from '../../domain/stored-message.ts';

/** How soon a message has to be where it belongs. */
export function urgencyOf(message: StoredMessage, delivery: Delivery): Urgency {
  if (message.privateTo !== null || message.key?.startsWith('reply:') === true) return 'answer';
  if (message.threadRoot !== null) return 'progress';
  if (delivery.shown === null) return 'first';
  return hasEnded(message.content) ? 'final' : 'progress';
}

/** What the message follows is over (`outcome` of a neutral message), so this is what stays for people to read. */
function hasEnded(content: StoredMessage['content']): boolean {
  const outcome = typeof content === 'object' && content !== null && 'outcome' in content ? content['outcome'] : undefined;
  return outcome !== undefined && outcome !== 'pending';
}

/** A detail in a thread that is under way and not posted yet: it is on the card already, and posted once it is settled it costs one request instead of two. */
export function isUnsettledDetail({ threadRoot, content }: StoredMessage, delivery: Delivery): boolean {
  const isUnderWay = typeof content === 'object' && content !== null && 'tone' in content && content['tone'] === 'progress';
  return threadRoot !== null && delivery.shown === null && isUnderWay;
}
