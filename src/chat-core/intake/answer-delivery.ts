import { randomUUID } from 'node:crypto';
import type { Reply } from '../../chat/command.ts';
import type { Message } from '../../chat/message.ts';
import { Fault } from '../../ports/faults.ts';
import type { DeliveryName } from '../../ports/intake-store.ts';
import { composeMessage, strong, text } from '../../views/compose-message.ts';
import { faultView } from '../../views/fault.ts';
import { isAnswered } from '../accept-delivery.ts';
import type { IntakeParts } from './parts.ts';
import type { Asked } from './sealed-delivery.ts';

/** One delivery as this process works on it. */
export type Work = DeliveryName & {
  readonly channel: string;
  readonly accountId: string;
  /** Null when it cannot be read any more. */
  readonly asked: Asked | null;
  /** Takings so far; from the second on, whoever sent it no longer waits on the line. */
  readonly tries: number;
};

export type Answered =
  /** Nothing is left to do. */
  | { readonly kind: 'done'; readonly reply: Reply | null }
  /** It could not be answered now and has a chance later. */
  | { readonly kind: 'again' };

/**
 * Hands a delivery to the core, which has its effect once and stores the answer. Whatever breaks before the core becomes a
 * private answer as well, so that nobody waits for one that never comes.
 */
export async function answerDelivery(parts: IntakeParts, work: Work, triesLeft: number): Promise<Answered> {
  const { database, logger } = parts;
  const { platform, deliveryId } = work;
  try {
    if (work.asked === null) throw new Error('what was asked cannot be read any more');
    const reply = await handOver(parts, work, work.asked);
    // The core answers from memory when the database went away under it; then the answer is not stored.
    if (!(await isAnswered(database.stores.inbox, work))) return triesLeft > 0 ? { kind: 'again' } : await breakOff(parts, work, null);
    if (reply?.kind === 'form' && work.tries > 1) await storeAnswer(parts, work, tooLateForForm());
    return { kind: 'done', reply };
  } catch (error) {
    const isTransient = error instanceof Fault && error.isTransient;
    if (isTransient && triesLeft > 0) {
      logger.warn({ error, platform, deliveryId }, 'a delivery could not be answered; trying again');
      return { kind: 'again' };
    }
    return breakOff(parts, work, error);
  }
}

async function handOver({ core, findPerson }: IntakeParts, work: Work, { account, what }: Asked): Promise<Reply | null> {
  const { platform, deliveryId, channel } = work;
  const person = await findPerson(platform, account);
  const delivery = { platform, deliveryId, channel, person };
  return what.kind === 'command'
    ? core.command({ ...delivery, text: what.text })
    : core.action({ ...delivery, action: what.action, values: what.values });
}

async function breakOff(parts: IntakeParts, work: Work, error: unknown): Promise<Answered> {
  const reference = randomUUID().slice(0, 8);
  const { platform, deliveryId, tries } = work;
  parts.logger.error({ reference, error, platform, deliveryId, tries }, 'a delivery broke');
  const message = faultView('that', reference, error instanceof Fault && error.isTransient);
  try {
    await storeAnswer(parts, work, message);
  } catch (cause) {
    parts.logger.error({ reference, error: cause }, 'the answer to a broken delivery could not be stored');
    return { kind: 'again' };
  }
  return { kind: 'done', reply: { kind: 'message', visibility: 'private', message } };
}

/** For the account that asked; which person it is may be just what could not be found out. */
async function storeAnswer(
  { database, clock }: IntakeParts,
  { platform, deliveryId, channel, accountId }: Work,
  message: Message,
): Promise<void> {
  await database.transact(async (stores) => {
    const stored = await stores.messages.upsert({
      platform,
      channel,
      threadRoot: null,
      key: `reply:${deliveryId}`,
      author: { kind: 'bot' },
      privateTo: `account:${accountId}`,
      content: message,
      at: clock.now(),
    });
    await database.notify(stores, 'message', stored.message.id);
  });
}

/** A form can only be shown to somebody who is just clicking. */
function tooLateForForm(): Message {
  return composeMessage('Shipmate was restarted meanwhile: please do that again', 'warning', [
    strong('Shipmate was restarted while you did that.'),
    text('Nothing was started. Type the command or click the button again.'),
  ]);
}
