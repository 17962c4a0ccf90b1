import type { Person } from '../../../src/domain/deployment.ts';
import type { SentAnswer, SessionAnswer } from '../wire.ts';
import { browserStorage, isRecordOfNumbers, isTexts, type Kept, keptFor } from './model/kept.ts';
import type { ChatState, Toast } from './state.ts';

const TOAST_MS = 6_000;
/** More would cover what they are about. */
const TOASTS_SHOWN = 3;

/** Holds the page's state and has it drawn after every change. What changes it stands beside it, one file a concern. */
export class ChatStore {
  state: ChatState;
  /** What this person's browser remembers. */
  readonly kept: Kept;
  readonly #draw: () => void;
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

  set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    this.#draw();
  }

  toast(text: string, tone: Toast['tone'] = 'danger'): void {
    const toast = { id: this.#nextToast++, text, tone };
    this.set({ toasts: [...this.state.toasts.slice(1 - TOASTS_SHOWN), toast] });
    setTimeout(() => this.closeToast(toast.id), TOAST_MS);
  }

  closeToast(id: number): void {
    this.set({ toasts: this.state.toasts.filter((toast) => toast.id !== id) });
  }

  /** Some answers are a form to fill in; the others arrive as messages. */
  openForm(answer: SentAnswer, channel: string): void {
    if (answer.kind === 'form') this.set({ form: { form: answer.form, channel } });
  }
}
