import type { Product } from '../main-job/product.ts';
import type { Shown, Talker } from './talker.ts';
import { WebTalker } from './web-talker.ts';

/** Ada at a terminal: every command is a process of its own, which ends with the deployment. Others read along in the browser chat. */
export class TerminalTalker implements Talker {
  readonly platform = 'terminal';
  readonly #product: Product;
  readonly #readers: WebTalker;
  readonly #said: string[] = [];

  private constructor(product: Product, readers: WebTalker) {
    this.#product = product;
    this.#readers = readers;
  }

  static async open(product: Product): Promise<TerminalTalker> {
    return new TerminalTalker(product, await WebTalker.open(product.url));
  }

  async say(text: string): Promise<void> {
    const words = text.replace(/^\//, '').split(' ');
    const { output, complaints } = await this.#product.shipmate(...words, '--as', 'ada');
    this.#said.push(output + complaints);
  }

  channel(): Promise<readonly Shown[]> {
    return this.#readers.channel();
  }

  thread(card: Shown): Promise<string> {
    return this.#readers.thread(card);
  }

  async privately(): Promise<readonly string[]> {
    return this.#said;
  }

  /** A terminal has no buttons: the command that does the same names the same target. */
  async press({ buttons }: Shown, label: string): Promise<void> {
    if (!buttons.includes(label)) throw new Error(`no button “${label}”`);
    await this.say(`/rollback ${this.#product.app} staging --yes`);
  }

  leave(): Promise<void> {
    return this.#readers.leave();
  }
}
