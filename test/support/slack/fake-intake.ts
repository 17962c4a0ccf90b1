import type { Accepted, ChatIntake, IncomingDelivery } from '../../../src/chat/chat-intake.ts';
import type { Reply } from '../../../src/chat/command.ts';

/** Keeps deliveries in memory, each id once, as the inbox does. Several instances of the adapter can share one. */
export class FakeIntake implements ChatIntake {
  readonly kept: IncomingDelivery[] = [];
  readonly completing: string[] = [];
  /** What a kept delivery is answered with. */
  reply: (delivery: IncomingDelivery) => Reply | null | Promise<Reply | null> = () => null;
  /** Set to what a person is told when nothing can be kept. */
  unavailable: string | null = null;
  /** Resolves when `accept` may go on. */
  hold: Promise<void> = Promise.resolve();
  /** How long each had waited before `accept`. */
  readonly waitedMs: number[] = [];
  /** How often `accept` was called at all. */
  asked = 0;
  /** Whether every answer may be a form. */
  forms = false;
  completions: readonly { value: string; label: string }[] = [];

  async accept(delivery: IncomingDelivery, waitedMs = 0): Promise<Accepted> {
    this.asked += 1;
    this.waitedMs.push(waitedMs);
    await this.hold;
    if (this.unavailable !== null) return { kind: 'unavailable', message: this.unavailable };
    if (this.kept.some((kept) => kept.deliveryId === delivery.deliveryId)) return { kind: 'repeated' };
    this.kept.push(delivery);
    return { kind: 'accepted', settled: Promise.resolve(this.reply(delivery)) };
  }

  mayAnswerWithForm(): boolean {
    return this.forms;
  }

  async complete(request: { text: string }) {
    this.completing.push(request.text);
    return { replaceFrom: 0, completions: this.completions };
  }
}
