import { LiveView, openTerminal, renderMessage, type Terminal, wrap } from '../../../adapters/terminal/index.ts';
import type { DeploymentDetails } from '../../application/use-cases.ts';
import type { Form, FormField, Message } from '../../chat/message.ts';
import { deploymentCard } from '../../views/deployment-card.ts';

export type FormValues = Readonly<Record<string, string>>;

/** What the tour shows in the terminal: a conversation as it happens, and whether each step did what it should. */
export class TourScreen {
  readonly #terminal: Terminal;
  #card: LiveView | null = null;
  #last: Message | null = null;

  constructor(terminal: Terminal = openTerminal(process.stdout)) {
    this.#terminal = terminal;
  }

  chapter(text: string): void {
    this.#line('');
    this.#line(this.#style('1', `── ${text} ${'─'.repeat(Math.max(0, Math.min(78, this.#terminal.columns()) - text.length - 4))}`));
  }

  note(text: string): void {
    for (const line of wrap(text, this.#terminal.columns() - 4)) this.#line(this.#style('2', `   ${line}`));
  }

  typed(name: string, channel: string, text: string): void {
    this.#line('');
    this.#line(`${this.#style('36', name)} in #${channel}  ${this.#style('1', text)}`);
  }

  clicked(name: string, label: string): void {
    this.#line('');
    this.#line(`${this.#style('36', name)} clicks  ${this.#style('7', ` ${label} `)}`);
  }

  /** The form that opened, as somebody has filled it in; what is secret on it is hidden here, too. */
  form({ title, fields }: Form, values: FormValues): void {
    this.#line(`  ${this.#style('1', title)}`);
    const width = Math.max(...fields.map(({ label }) => label.length));
    for (const field of fields) {
      const value = values[field.name] ?? field.initial ?? '';
      const shown = value !== '' && isHidden(field) ? '•'.repeat(value.length) : value;
      this.#line(`    ${this.#style('2', field.label.padEnd(width))}  ${shown}`.trimEnd());
    }
  }

  message(message: Message): void {
    const lines = renderMessage(message, { width: this.#terminal.columns() - 4, hasColors: this.#terminal.hasColors, now: Date.now() });
    for (const line of lines) this.#line(`  ${line}`);
  }

  card(details: DeploymentDetails): void {
    this.#card ??= new LiveView(this.#terminal, Date.now);
    this.#last = deploymentCard(details);
    this.#card.show(this.#last);
  }

  cardDone(): void {
    if (this.#last !== null) this.#card?.finish(this.#last);
    this.#card = null;
  }

  passed(text: string): void {
    this.#line(`${this.#style('32', ' ✓')} ${text}`);
  }

  failed(text: string): void {
    this.#line(`${this.#style('31', ' ✗')} ${text}`);
  }

  #style(code: string, text: string): string {
    return this.#terminal.hasColors ? `\u001B[${code}m${text}\u001B[0m` : text;
  }

  #line(text: string): void {
    this.#terminal.write(`${text}\n`);
  }
}

function isHidden(field: FormField): boolean {
  return field.type === 'input' && (field.isOneTimeCode === true || field.isSecret === true);
}
