import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import { api } from './api.ts';
import type { ChatStore } from './chat-store.ts';
import { isBeforeLoaded, merge } from './model/message-log.ts';
import { problemOf } from './problem-of.ts';
import { unreadFrom } from './reading.ts';
import type { ChannelView } from './state.ts';

/** Brings messages into the page's log: a channel's latest, what came before them, a thread's, and those that arrive live. */
export class MessageLoader {
  readonly #store: ChatStore;

  constructor(store: ChatStore) {
    this.#store = store;
  }

  /** A channel's latest messages, or those before one. Answers the position from which a live stream misses nothing. */
  async loadChannel(channel: string, before: string | null = null): Promise<number> {
    const { state } = this.#store;
    const base: ChannelView = state.views[channel] ?? {
      state: 'loading',
      hasMore: false,
      oldestAt: null,
      unreadFrom: unreadFrom(state, channel),
    };
    this.#show(channel, { ...base, state: before === null ? 'loading' : 'ready' });
    try {
      const { messages, position, hasMore } = await api.history(channel, before);
      const oldestAt = hasMore ? (messages[0]?.createdAt ?? base.oldestAt) : null;
      this.#add(messages);
      this.#show(channel, { ...base, state: 'ready', hasMore, oldestAt });
      return position;
    } catch (error) {
      this.#show(channel, { ...base, state: before === null ? 'failed' : 'ready' });
      this.#store.toast(problemOf(error));
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Loads what came before the oldest message of the open channel. */
  async loadEarlier(): Promise<void> {
    const { channel, views, log } = this.#store.state;
    const view = views[channel];
    if (view === undefined || !view.hasMore || view.state !== 'ready') return;
    const oldest = [...log.values()].find(
      (message) => message.channel === channel && message.createdAt === view.oldestAt && message.threadRoot === null,
    );
    if (oldest !== undefined) await this.loadChannel(channel, oldest.id);
  }

  async loadThread(rootId: string): Promise<void> {
    this.#store.set({ isThreadLoading: true });
    try {
      const { messages } = await api.thread(rootId);
      this.#add(messages);
    } catch (error) {
      this.#store.toast(problemOf(error));
    } finally {
      this.#store.set({ isThreadLoading: false });
    }
  }

  /** Messages of the live stream; what was typed here is not on its way any more once it is among them. */
  receive(messages: readonly StoredMessage[]): void {
    const { log, views, pending } = this.#store.state;
    const shown = messages.filter((message) => !isBeforeLoaded(log, message, views[message.channel]?.oldestAt ?? null));
    const arrived = new Set(messages.map((message) => message.key));
    this.#store.set({ log: merge(log, shown), pending: pending.filter((one) => !arrived.has(`said:${one.deliveryId}`)) });
  }

  #add(messages: readonly StoredMessage[]): void {
    this.#store.set({ log: merge(this.#store.state.log, messages) });
  }

  #show(channel: string, view: ChannelView): void {
    this.#store.set({ views: { ...this.#store.state.views, [channel]: view } });
  }
}
