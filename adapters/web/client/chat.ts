import type { Person } from '../../../src/domain/deployment.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import type { SentAnswer, SessionAnswer } from '../wire.ts';
import { ApiError, api, retried } from './api.ts';
import { openLive } from './live.ts';
import { browserStorage, isRecordOfNumbers, isTexts, type Kept, keptFor } from './model/kept.ts';
import { isBeforeLoaded, merge } from './model/message-log.ts';
import { markRead } from './model/unread.ts';
import { formatPlace, linkedDeployment, type Place, readPlace } from './place.ts';
import type { ChannelView, ChatState, Pending, Toast } from './state.ts';

const TOAST_MS = 6_000;
/** Kept dismissals; older ones belong to messages that nobody scrolls back to. */
const DISMISSED_KEPT = 200;

/** The page's state and everything that changes it. Views call its methods and draw `state`. */
export class Chat {
  state: ChatState;
  readonly kept: Kept;
  readonly #draw: () => void;
  #live: ReturnType<typeof openLive> | null = null;
  #nextToast = 1;

  constructor(session: SessionAnswer, person: Person, draw: () => void) {
    this.#draw = draw;
    this.kept = keptFor(person.id, browserStorage());
    this.state = {
      session,
      person,
      channels: [],
      commands: [],
      channel: '',
      thread: null,
      isThreadLoading: false,
      log: new Map(),
      views: {},
      pending: [],
      marks: this.kept.read('read', {}, isRecordOfNumbers),
      dismissed: new Set(this.kept.read('dismissed', [], isTexts)),
      connection: 'connecting',
      toasts: [],
      form: null,
      acting: new Set(),
      isSidebarOpen: false,
    };
  }

  /** Loads what is needed and goes live. Fails only when the server cannot be reached at all. */
  async start(): Promise<void> {
    const [{ channels }, { commands }] = await Promise.all([api.channels(), api.commands()]);
    const asked = readPlace(location.hash) ?? (await this.#linked());
    const channel = channels.find(({ name }) => name === asked?.channel)?.name ?? channels[0]?.name ?? '';
    this.#set({ channels, commands, channel, thread: channel === asked?.channel ? (asked?.thread ?? null) : null });
    // The first place gets an address too, so that Back leads to it.
    history.replaceState(null, '', `/${formatPlace({ channel, thread: this.state.thread })}`);
    window.addEventListener('hashchange', this.#onPlace);
    document.addEventListener('visibilitychange', this.#onLooked);

    // Every channel's latest, for the unread counts; the live stream starts at the earliest of their positions.
    const positions = await Promise.all(channels.map(({ name }) => this.#load(name)));
    this.#goLive(Math.min(...positions));
    if (this.state.thread !== null) await this.#loadThread(this.state.thread);
    this.seen();
  }

  stop(): void {
    this.#live?.stop();
    window.removeEventListener('hashchange', this.#onPlace);
    document.removeEventListener('visibilitychange', this.#onLooked);
  }

  openChannel(channel: string): void {
    location.hash = formatPlace({ channel, thread: null });
    this.#set({ isSidebarOpen: false });
  }

  openThread(rootId: string): void {
    location.hash = formatPlace({ channel: this.state.channel, thread: rootId });
  }

  closeThread(): void {
    location.hash = formatPlace({ channel: this.state.channel, thread: null });
  }

  toggleSidebar(isOpen: boolean): void {
    this.#set({ isSidebarOpen: isOpen });
  }

  reconnect(): void {
    this.#live?.retryNow();
  }

  /** Loads what came before the oldest message of the open channel. */
  async loadEarlier(): Promise<void> {
    const { channel, views, log } = this.state;
    const view = views[channel];
    if (view === undefined || !view.hasMore || view.state !== 'ready') return;
    const oldest = [...log.values()].find(
      (message) => message.channel === channel && message.createdAt === view.oldestAt && message.threadRoot === null,
    );
    if (oldest !== undefined) await this.#load(channel, oldest.id);
  }

  async retryChannel(): Promise<void> {
    await this.#load(this.state.channel);
  }

  /** The open channel is being looked at: nothing in it is unread any more. */
  seen(): void {
    const { channel, log, marks } = this.state;
    if (channel === '' || document.visibilityState !== 'visible') return;
    let newest = 0;
    for (const message of log.values()) {
      if (message.channel === channel && message.threadRoot === null) newest = Math.max(newest, message.createdAt);
    }
    const next = markRead(marks, channel, newest);
    if (next === marks) return;
    this.#set({ marks: next });
    this.kept.write('read', next);
  }

  /** Shown at once, sent in the background. It stays, with its text, until the server has it or the person takes it back. */
  send(text: string, thread: string | null): void {
    const pending: Pending = {
      deliveryId: crypto.randomUUID(),
      channel: this.state.channel,
      thread,
      text: text.trim(),
      at: Date.now(),
      state: 'sending',
      problem: null,
    };
    this.#set({ pending: [...this.state.pending, pending] });
    void this.#deliver(pending);
  }

  resend(pending: Pending): void {
    this.#set({ pending: this.state.pending.map((one) => (one === pending ? { ...one, state: 'sending', problem: null } : one)) });
    void this.#deliver(pending);
  }

  takeBack(pending: Pending): void {
    this.#set({ pending: this.state.pending.filter((one) => one.deliveryId !== pending.deliveryId) });
  }

  /** A click on a message's button. */
  async act(messageId: string, channel: string, action: string): Promise<void> {
    const key = `${messageId} ${action}`;
    if (this.state.acting.has(key)) return;
    this.#set({ acting: new Set([...this.state.acting, key]) });
    try {
      this.#show(await this.#once((deliveryId) => api.act({ deliveryId, channel, action, values: {} })), channel);
    } catch (error) {
      this.toast(problemOf(error));
    } finally {
      this.#set({ acting: new Set([...this.state.acting].filter((one) => one !== key)) });
    }
  }

  /** Null when it was taken; otherwise what is wrong, for the form that stays open. */
  /** What completes this command line in the channel of the open form; nothing when it cannot be asked. */
  async completions(line: string): Promise<readonly string[]> {
    const channel = this.state.form?.channel ?? this.state.channel;
    const { completions } = await api.complete(channel, line).catch(() => ({ completions: [] }));
    return completions.map(({ value }) => value);
  }

  async submitForm(values: Record<string, string>): Promise<string | null> {
    const open = this.state.form;
    if (open === null) return null;
    try {
      const answer = await this.#once((deliveryId) => api.act({ deliveryId, channel: open.channel, action: open.form.action, values }));
      if (answer.kind === 'refusal')
        return [answer.refusal.message, answer.refusal.hint, ...answer.refusal.details].filter(Boolean).join(' ');
      this.closeForm();
      this.#show(answer, open.channel);
      return null;
    } catch (error) {
      return problemOf(error);
    }
  }

  closeForm(): void {
    this.#set({ form: null });
  }

  dismiss(messageId: string): void {
    const dismissed = new Set([...this.state.dismissed, messageId]);
    this.#set({ dismissed });
    this.kept.write('dismissed', [...dismissed].slice(-DISMISSED_KEPT));
  }

  toast(text: string, tone: Toast['tone'] = 'danger'): void {
    const toast = { id: this.#nextToast++, text, tone };
    this.#set({ toasts: [...this.state.toasts.slice(-2), toast] });
    setTimeout(() => this.closeToast(toast.id), TOAST_MS);
  }

  closeToast(id: number): void {
    this.#set({ toasts: this.state.toasts.filter((toast) => toast.id !== id) });
  }

  #set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    this.#draw();
  }

  /** A link to a deployment leads to its thread. */
  async #linked(): Promise<Place | null> {
    const deployment = linkedDeployment(location.pathname);
    if (deployment === null) return null;
    try {
      return await api.card(deployment);
    } catch (error) {
      this.toast(problemOf(error));
      return null;
    }
  }

  readonly #onPlace = (): void => {
    const place = readPlace(location.hash);
    if (place === null || !this.state.channels.some(({ name }) => name === place.channel)) return;
    const isOther = place.channel !== this.state.channel;
    const view = this.state.views[place.channel];
    const views =
      view === undefined || !isOther
        ? this.state.views
        : { ...this.state.views, [place.channel]: { ...view, unreadFrom: this.#unreadFrom(place.channel) } };
    this.#set({ channel: place.channel, thread: place.thread, views });
    if (place.thread !== null) void this.#loadThread(place.thread);
    this.seen();
  };

  readonly #onLooked = (): void => this.seen();

  /** Where the line above the news stands; null for a channel never opened before, where all of it would be news. */
  #unreadFrom(channel: string): number | null {
    return this.state.marks[channel] ?? null;
  }

  /** Answers the position from which a live stream misses nothing. */
  async #load(channel: string, before: string | null = null): Promise<number> {
    const known = this.state.views[channel];
    const base: ChannelView = known ?? { state: 'loading', hasMore: false, oldestAt: null, unreadFrom: this.#unreadFrom(channel) };
    this.#set({ views: { ...this.state.views, [channel]: { ...base, state: before === null ? 'loading' : 'ready' } } });
    try {
      const { messages, position, hasMore } = await api.history(channel, before);
      const oldestAt = hasMore ? (messages[0]?.createdAt ?? base.oldestAt) : null;
      const view: ChannelView = { ...base, state: 'ready', hasMore, oldestAt };
      this.#set({ log: merge(this.state.log, messages), views: { ...this.state.views, [channel]: view } });
      return position;
    } catch (error) {
      this.#set({ views: { ...this.state.views, [channel]: { ...base, state: before === null ? 'failed' : 'ready' } } });
      this.toast(problemOf(error));
      return Number.POSITIVE_INFINITY;
    }
  }

  async #loadThread(rootId: string): Promise<void> {
    this.#set({ isThreadLoading: true });
    try {
      const { messages } = await api.thread(rootId);
      this.#set({ log: merge(this.state.log, messages) });
    } catch (error) {
      this.toast(problemOf(error));
    } finally {
      this.#set({ isThreadLoading: false });
    }
  }

  #goLive(position: number): void {
    this.#live?.stop();
    // No history could be read: from the start is late but complete.
    this.#live = openLive(Number.isFinite(position) ? position : 0, {
      onMessages: (messages) => this.#receive(messages),
      onState: (connection) => {
        if (connection !== this.state.connection) this.#set({ connection });
      },
      onReset: () => location.reload(),
      onRefused: () => void this.#checkSession(),
    });
  }

  #receive(messages: readonly StoredMessage[]): void {
    const { log, views, pending } = this.state;
    const shown = messages.filter((message) => !isBeforeLoaded(log, message, views[message.channel]?.oldestAt ?? null));
    const arrived = new Set(messages.map((message) => message.key));
    this.#set({ log: merge(log, shown), pending: pending.filter((one) => !arrived.has(`said:${one.deliveryId}`)) });
    this.seen();
  }

  async #deliver(pending: Pending): Promise<void> {
    const { deliveryId, channel, thread, text } = pending;
    try {
      const answer = await retried(() => api.send({ deliveryId, channel, thread, text }));
      if (answer.kind === 'said') this.#set({ log: merge(this.state.log, [answer.message]) });
      this.takeBack(pending);
      this.#show(answer, channel);
    } catch (error) {
      const failed = (one: Pending): Pending =>
        one.deliveryId === deliveryId ? { ...one, state: 'failed', problem: problemOf(error) } : one;
      this.#set({ pending: this.state.pending.map(failed) });
      if (error instanceof ApiError && error.status === 401) void this.#checkSession();
    }
  }

  /** One delivery id for all attempts of one intention. */
  async #once(attempt: (deliveryId: string) => Promise<SentAnswer>): Promise<SentAnswer> {
    const deliveryId = crypto.randomUUID();
    return retried(() => attempt(deliveryId));
  }

  #show(answer: SentAnswer, channel: string): void {
    if (answer.kind === 'form') this.#set({ form: { form: answer.form, channel } });
  }

  /** Signed out elsewhere, or the session is over: the page starts again and asks. Drafts are kept. */
  async #checkSession(): Promise<void> {
    const session = await api.session().catch(() => null);
    if (session !== null && session.person?.id !== this.state.person.id) location.reload();
  }
}

export function problemOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it.';
}
