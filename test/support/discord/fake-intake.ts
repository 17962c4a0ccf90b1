import type { Accepted, Account, ChatIntake, IncomingDelivery } from '../../../src/chat/chat-intake.ts';
import type { Completion, Reply } from '../../../src/chat/command.ts';

type Completing = { readonly platform: string; readonly account: Account; readonly channel: string; readonly text: string };

/**
 * An intake that keeps deliveries in a set: what two instances of the bot share in the database. `effects` are the deliveries that were
 * worked on; each has exactly one.
 */
export type FakeIntake = ChatIntake & {
  readonly effects: IncomingDelivery[];
  readonly completed: Completing[];
  /** How the next deliveries are answered; null means that another process works on them. */
  reply: Reply | null | Promise<Reply | null>;
  forms: boolean;
  down: string | null;
  completions: () => Promise<{ readonly replaceFrom: number; readonly completions: readonly Completion[] }>;
};

export function createFakeIntake(kept: Set<string> = new Set()): FakeIntake {
  const intake: FakeIntake = {
    effects: [],
    completed: [],
    reply: privately('Done.'),
    forms: false,
    down: null,
    completions: async () => ({ replaceFrom: 0, completions: [] }),
    async accept(delivery): Promise<Accepted> {
      // As a database would: the answer is not there at once.
      await new Promise((resolve) => setImmediate(resolve));
      if (intake.down !== null) return { kind: 'unavailable', message: intake.down };
      if (kept.has(delivery.deliveryId)) return { kind: 'repeated' };
      kept.add(delivery.deliveryId);
      intake.effects.push(delivery);
      return { kind: 'accepted', settled: Promise.resolve(intake.reply) };
    },
    mayAnswerWithForm: () => intake.forms,
    async complete(request) {
      intake.completed.push(request);
      return intake.completions();
    },
  };
  return intake;
}

export function privately(text: string): Reply {
  return { kind: 'message', visibility: 'private', message: { summary: text, tone: 'neutral', elements: [] } };
}

export function publicly(text: string): Reply {
  return { kind: 'message', visibility: 'public', message: { summary: text, tone: 'neutral', elements: [] } };
}
