import type { Browser, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { ChatUser } from '../web/chat-user.ts';
import type { Product } from './product.ts';

/** A deployment is over within its own deadline; the machine may be busy. */
const DEPLOYMENT_MS = 90_000;

/** One person at one browser, with the words of this product: cards, threads, private answers. */
export class Someone {
  readonly chat: ChatUser;

  private constructor(chat: ChatUser) {
    this.chat = chat;
  }

  static async join(browser: Browser, product: Product, name: string): Promise<Someone> {
    return new Someone(await ChatUser.join(browser, product.url, name));
  }

  /** The newest card with this heading. */
  card(title: string): Card {
    const { page, messages } = this.chat;
    return new Card(messages.filter({ has: page.getByRole('heading', { name: title, exact: true }) }).last());
  }

  async countCards(title: string): Promise<number> {
    const { page, messages } = this.chat;
    return messages.filter({ has: page.getByRole('heading', { name: title, exact: true }) }).count();
  }

  /** The newest answer that only this person sees. */
  get privately(): Locator {
    return this.chat.page.locator('.pane .message.is-private').last();
  }

  get dialog(): Locator {
    return this.chat.page.getByRole('alertdialog');
  }

  async confirm(yes: string): Promise<void> {
    await this.dialog.getByRole('button', { name: yes }).click();
  }

  /** Sends and waits for an answer with these words. */
  async ask(text: string, ...words: readonly string[]): Promise<Locator> {
    const before = await this.chat.messages.count();
    await this.chat.send(text);
    const [first = '', ...others] = words;
    let answer = this.chat.page.locator(`.pane .message:nth-of-type(n + ${before + 1})`).filter({ hasText: first });
    for (const word of others) answer = answer.filter({ hasText: word });
    await answer.last().waitFor({ timeout: 30_000 });
    return answer.last();
  }

  async openThread(card: Card): Promise<Locator> {
    await card.message.locator('.replies').click();
    return this.chat.page.locator('.thread');
  }

  /** A word that a reload would lose, so that nobody can have reloaded while it is there. */
  async markPage(): Promise<void> {
    await this.chat.page.evaluate(() => document.documentElement.setAttribute('data-marked', ''));
  }

  /** Writes down, from now on, which stage is under way; a look from outside would miss the short ones. */
  async recordStages(): Promise<() => Promise<readonly string[]>> {
    const { page } = this.chat;
    const seen = await page.evaluateHandle(() => {
      const stages: string[] = [];
      new MutationObserver(() => {
        const label = document.querySelector('.pane .step-running .step-label')?.firstChild?.textContent ?? '';
        if (label !== '' && stages.at(-1) !== label) stages.push(label);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
      return stages;
    });
    return () => seen.jsonValue();
  }

  async isMarked(): Promise<boolean> {
    return (await this.chat.page.locator('html[data-marked]').count()) === 1;
  }

  async leave(): Promise<void> {
    expect(this.chat.problems).toEqual([]);
    await this.chat.leave();
  }
}

/** The live message of one deployment, as somebody sees it. */
export class Card {
  readonly message: Locator;

  constructor(message: Locator) {
    this.message = message;
  }

  /** The bold line: where it stands. */
  get headline(): Locator {
    return this.message.locator('.text-strong').first();
  }

  async reads(words: string): Promise<void> {
    await this.headline.filter({ hasText: words }).waitFor({ timeout: DEPLOYMENT_MS });
  }

  button(name: string | RegExp): Locator {
    return this.message.getByRole('button', { name });
  }

  /** The stages in the order in which they stand, each with its state. */
  async stages(): Promise<readonly string[]> {
    return this.message
      .locator('.step')
      .evaluateAll((steps) => steps.map((step) => step.querySelector('.step-label')?.textContent?.replace(', ', ': ') ?? ''));
  }

  async isStage(label: string, state: 'running' | 'done'): Promise<void> {
    await this.message.locator(`.step-${state}`, { hasText: label }).waitFor({ timeout: DEPLOYMENT_MS });
  }
}
