import { ApiError, api, retried } from './api.ts';
import type { ChatStore } from './chat-store.ts';
import { merge } from './model/message-log.ts';
import { problemOf } from './problem-of.ts';
import type { Pending } from './state.ts';

/** What was typed: shown at once, sent in the background. It stays, with its text, until the server has it or the person takes it back. */
export class Outbox {
  readonly #store: ChatStore;
  readonly #onSignedOut: () => void;

  /** `onSignedOut`: the server does not know the session any more. */
  constructor(store: ChatStore, onSignedOut: () => void) {
    this.#store = store;
    this.#onSignedOut = onSignedOut;
  }

  send(text: string, thread: string | null): void {
    const { channel, pending: waiting } = this.#store.state;
    const pending: Pending = {
      deliveryId: crypto.randomUUID(),
      channel,
      thread,
      text: text.trim(),
      at: Date.now(),
      state: 'sending',
      problem: null,
    };
    this.#store.set({ pending: [...waiting, pending] });
    void this.#deliver(pending);
  }

  resend(pending: Pending): void {
    this.#change(pending.deliveryId, { state: 'sending', problem: null });
    void this.#deliver(pending);
  }

  takeBack({ deliveryId }: Pending): void {
    this.#store.set({ pending: this.#store.state.pending.filter((one) => one.deliveryId !== deliveryId) });
  }

  async #deliver(pending: Pending): Promise<void> {
    const { deliveryId, channel, thread, text } = pending;
    try {
      const answer = await retried(() => api.send({ deliveryId, channel, thread, text }));
      if (answer.kind === 'said') this.#store.set({ log: merge(this.#store.state.log, [answer.message]) });
      this.takeBack(pending);
      this.#store.openForm(answer, channel);
    } catch (error) {
      this.#change(deliveryId, { state: 'failed', problem: problemOf(error) });
      if (error instanceof ApiError && error.status === 401) this.#onSignedOut();
    }
  }

  #change(deliveryId: string, change: Pick<Pending, 'state' | 'problem'>): void {
    const { pending } = this.#store.state;
    this.#store.set({ pending: pending.map((one) => (one.deliveryId === deliveryId ? { ...one, ...change } : one)) });
  }
}
