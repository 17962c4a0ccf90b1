import type { Person } from '../../../src/domain/deployment.ts';
import type { SessionAnswer } from '../wire.ts';
import { act, submitForm } from './actions.ts';
import { api } from './api.ts';
import { ChatStore } from './chat-store.ts';
import { openLive } from './live.ts';
import { MessageLoader } from './message-loader.ts';
import type { Kept } from './model/kept.ts';
import { Outbox } from './outbox.ts';
import { formatPlace, linkedDeployment, type Place, readPlace } from './place.ts';
import { problemOf } from './problem-of.ts';
import { markSeen, unreadFrom } from './reading.ts';
import type { ChatState, Pending, Toast } from './state.ts';

export { problemOf } from './problem-of.ts';

/** Kept dismissals; older ones belong to messages that nobody scrolls back to. */
const DISMISSED_KEPT = 200;

/** The page as the views know it: they call its methods and draw `state`. It keeps the place in the address and the live stream. */
export class Chat {
  readonly #store: ChatStore;
  readonly #loader: MessageLoader;
  readonly #outbox: Outbox;
  #live: ReturnType<typeof openLive> | null = null;

  constructor(session: SessionAnswer, person: Person, draw: () => void) {
    this.#store = new ChatStore(session, person, draw);
    this.#loader = new MessageLoader(this.#store);
    this.#outbox = new Outbox(this.#store, () => void this.#checkSession());
  }

  get state(): ChatState {
    return this.#store.state;
  }

  get kept(): Kept {
    return this.#store.kept;
  }

  /** Loads what is needed and goes live. Fails only when the server cannot be reached at all. */
  async start(): Promise<void> {
    const [{ channels }, { commands }] = await Promise.all([api.channels(), api.commands()]);
    const asked = readPlace(location.hash) ?? (await this.#linked());
    const channel = channels.find(({ name }) => name === asked?.channel)?.name ?? channels[0]?.name ?? '';
    this.#store.set({ channels, commands, channel, thread: channel === asked?.channel ? (asked?.thread ?? null) : null });
    // The first place gets an address too, so that Back leads to it.
    history.replaceState(null, '', `/${formatPlace({ channel, thread: this.state.thread })}`);
    window.addEventListener('hashchange', this.#onPlace);
    document.addEventListener('visibilitychange', this.#onLooked);

    // Every channel's latest, for the unread counts; the live stream starts at the earliest of their positions.
    const positions = await Promise.all(channels.map(({ name }) => this.#loader.loadChannel(name)));
    this.#goLive(Math.min(...positions));
    if (this.state.thread !== null) await this.#loader.loadThread(this.state.thread);
    this.seen();
  }

  stop(): void {
    this.#live?.stop();
    window.removeEventListener('hashchange', this.#onPlace);
    document.removeEventListener('visibilitychange', this.#onLooked);
  }

  openChannel(channel: string): void {
    location.hash = formatPlace({ channel, thread: null });
    this.#store.set({ isSidebarOpen: false });
  }

  openThread(rootId: string): void {
    location.hash = formatPlace({ channel: this.state.channel, thread: rootId });
  }

  closeThread(): void {
    location.hash = formatPlace({ channel: this.state.channel, thread: null });
  }

  toggleSidebar(isOpen: boolean): void {
    this.#store.set({ isSidebarOpen: isOpen });
  }

  reconnect(): void {
    this.#live?.retryNow();
  }

  loadEarlier(): Promise<void> {
    return this.#loader.loadEarlier();
  }

  async retryChannel(): Promise<void> {
    await this.#loader.loadChannel(this.state.channel);
  }

  seen(): void {
    markSeen(this.#store);
  }

  send(text: string, thread: string | null): void {
    this.#outbox.send(text, thread);
  }

  resend(pending: Pending): void {
    this.#outbox.resend(pending);
  }

  takeBack(pending: Pending): void {
    this.#outbox.takeBack(pending);
  }

  act(messageId: string, channel: string, action: string, values: Record<string, string>): Promise<void> {
    return act(this.#store, messageId, channel, action, values);
  }

  /** Null when it was taken; otherwise what is wrong, for the form that stays open. */
  submitForm(values: Record<string, string>): Promise<string | null> {
    return submitForm(this.#store, values);
  }

  closeForm(): void {
    this.#store.set({ form: null });
  }

  /** What completes this command line in the channel of the open form; nothing when it cannot be asked. */
  async completions(line: string): Promise<readonly string[]> {
    const channel = this.state.form?.channel ?? this.state.channel;
    const { completions } = await api.complete(channel, line).catch(() => ({ completions: [] }));
    return completions.map(({ value }) => value);
  }

  dismiss(messageId: string): void {
    const dismissed = new Set([...this.state.dismissed, messageId]);
    this.#store.set({ dismissed });
    this.kept.write('dismissed', [...dismissed].slice(-DISMISSED_KEPT));
  }

  toast(text: string, tone?: Toast['tone']): void {
    this.#store.toast(text, tone);
  }

  closeToast(id: number): void {
    this.#store.closeToast(id);
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
        : { ...this.state.views, [place.channel]: { ...view, unreadFrom: unreadFrom(this.state, place.channel) } };
    this.#store.set({ channel: place.channel, thread: place.thread, views });
    if (place.thread !== null) void this.#loader.loadThread(place.thread);
    this.seen();
  };

  readonly #onLooked = (): void => this.seen();

  #goLive(position: number): void {
    this.#live?.stop();
    // No history could be read: from the start is late but complete.
    this.#live = openLive(Number.isFinite(position) ? position : 0, {
      onMessages: (messages) => {
        this.#loader.receive(messages);
        this.seen();
      },
      onState: (connection) => {
        if (connection !== this.state.connection) this.#store.set({ connection });
      },
      onReset: () => location.reload(),
      onRefused: () => void this.#checkSession(),
    });
  }

  /** Signed out elsewhere, or the session is over: the page starts again and asks. Drafts are kept. */
  async #checkSession(): Promise<void> {
    const session = await api.session().catch(() => null);
    if (session !== null && session.person?.id !== this.state.person.id) location.reload();
  }
}
