import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openPage } from '../../support/browser.ts';

/** One person at one browser. */
export class ChatUser {
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (line) => {
      if (/content security policy|trusted type/i.test(line.text())) this.problems.push(line.text());
    });
  }

  static async join(browser: Browser, url: string, person: string, options: BrowserContextOptions = {}): Promise<ChatUser> {
    const user = new ChatUser(await openPage(browser, url, options));
    await user.page.locator('.person', { hasText: person }).click();
    await user.isLive();
    return user;
  }

  get composer(): Locator {
    return this.page.locator('.pane textarea');
  }

  get messages(): Locator {
    return this.page.locator('.pane .message');
  }

  /** The latest message that contains the text. */
  message(text: string): Locator {
    return this.messages.filter({ hasText: text }).last();
  }

  async isLive(): Promise<void> {
    await this.page.locator('.presence-live').waitFor({ state: 'attached' });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Enter');
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}

/** Asserts something that becomes true; the second that Vitest waits by itself is short for a browser on a busy machine. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: 15_000 });
}
