import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { serveChat } from '../../support/serve-chat.ts';
import { ChatUser, eventually } from './chat-user.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => browser.close());

/** Headless pages are always visible; this says otherwise as a tab switch would. */
const look = (page: Page, visibilityState: 'hidden' | 'visible') =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibilityState);

it('tabs in the background give up their connection when there are many, and catch up when looked at', async () => {
  const chat = new FakeChat();
  const served = await serveChat(chat);
  const ana = await ChatUser.join(browser, served.url, 'Ana Lima');
  const tabs: Page[] = [];
  for (let opened = 0; opened < 6; opened += 1) {
    for (const tab of tabs.slice(-1)) await look(tab, 'hidden');
    const tab = await ana.page.context().newPage();
    await tab.goto(served.url);
    await tab.locator('.presence-live').waitFor({ state: 'attached' });
    tabs.push(tab);
  }
  const paused = async () => {
    const counts = await Promise.all(tabs.map((tab) => tab.locator('.presence-paused').count()));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await eventually(paused).toBeGreaterThanOrEqual(2);

  chat.post({ channel: 'deployments', message: { summary: 'x', tone: 'neutral', elements: [{ type: 'header', text: 'news' }] } });
  await ana.message('news').waitFor();
  for (const tab of tabs) {
    await look(tab, 'visible');
    await tab.locator('.message', { hasText: 'news' }).waitFor();
    expect(await tab.locator('.message').count()).toBe(1);
    await tab.close();
  }
  await ana.leave();
  await served.close();
});
