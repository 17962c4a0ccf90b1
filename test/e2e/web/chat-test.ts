import type { Browser, BrowserContextOptions } from 'playwright-core';
import { expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { type ServedChat, serveChat } from '../../support/serve-chat.ts';
import { ChatUser } from './chat-user.ts';

/** A served chat that a test can close and bring back where its clients reconnect to. */
class RestartableServer {
  readonly #chat: FakeChat;
  #served: ServedChat;

  private constructor(chat: FakeChat, served: ServedChat) {
    this.#chat = chat;
    this.#served = served;
  }

  static async start(chat: FakeChat): Promise<RestartableServer> {
    return new RestartableServer(chat, await serveChat(chat));
  }

  get url(): string {
    return this.#served.url;
  }

  close(): Promise<void> {
    return this.#served.close();
  }

  async startAgain(): Promise<void> {
    this.#served = await serveChat(this.#chat, { port: this.#served.port });
  }
}

/**
 * A test in the browser chat: one browser a file; a chat on a fake core, its server, and Ana signed in to it anew for
 * every test. A page in which a script failed or was blocked fails its test.
 */
export const chatTest = test
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which fixtures this one needs: none.
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launchBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('device', (): BrowserContextOptions => ({}))
  .extend('chat', () => new FakeChat())
  .extend('server', async ({ chat }, { onCleanup }) => {
    const server = await RestartableServer.start(chat);
    onCleanup(() => server.close());
    return server;
  })
  .extend('ana', async ({ browser, server, device }, { onCleanup }) => {
    const ana = await ChatUser.join(browser, server.url, 'Ana Lima', device);
    onCleanup(async () => {
      await ana.leave();
      expect(ana.problems).toEqual([]);
    });
    return ana;
  });
