import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import { launchBrowser } from '../../support/browser.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { type ServedChat, serveChat } from '../../support/serve-chat.ts';
import { ChatUser, eventually } from './chat-user.ts';

let browser: Browser;
let chat: FakeChat;
let served: ServedChat;
let ana: ChatUser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => browser.close());
beforeEach(async () => {
  chat = new FakeChat();
  served = await serveChat(chat);
  ana = await ChatUser.join(browser, served.url, 'Ana Lima');
});
afterEach(async () => {
  await ana.leave();
  await served.close();
});

const texts = () => ana.page.locator('.pane .said').allTextContents();

describe('a server that restarts', () => {
  it('costs no message and doubles none: the stream goes on after the last position seen', async () => {
    const [, ben] = chat.people();
    if (ben === undefined) throw new Error('no ben');
    const say = (text: string) => chat.post({ channel: 'deployments', author: ben, text });
    say('before');
    await ana.message('before').waitFor();

    await served.close();
    await ana.page.locator('.banner', { hasText: 'Connection lost' }).waitFor();
    const missed = Array.from({ length: 45 }, (_, index) => `while away ${index}`);
    for (const text of missed) say(text);

    served = await serveChat(chat, { port: served.port });
    await ana.message('while away 44').waitFor();
    say('after');
    await ana.message('after').waitFor();
    expect(await texts()).toEqual(['before', ...missed, 'after']);
    await eventually(() => ana.page.locator('.banner').count()).toBe(0);
  });

  it('keeps what was sent meanwhile and delivers it once when asked again', async () => {
    await served.close();
    await ana.send('typed into the dark');
    const failed = ana.page.locator('.has-failed', { hasText: 'typed into the dark' });
    await failed.waitFor();
    served = await serveChat(chat, { port: served.port });
    await failed.getByRole('button', { name: 'Try again' }).click();
    await eventually(() => ana.page.locator('.is-pending').count()).toBe(0);
    expect(await texts()).toEqual(['typed into the dark']);
    expect(chat.messages.size).toBe(1);
  });
});

describe('a store that fails', () => {
  it('shows the failure beside the text, without inner details', async () => {
    chat.fault = new StoreUnavailableError('connection to db.internal:5432 as admin refused');
    await ana.send('hello');
    const failed = ana.page.locator('.has-failed');
    await failed.waitFor();
    expect(await failed.textContent()).toContain('does not answer');
    expect(await failed.textContent()).not.toContain('db.internal');
    chat.fault = null;
    await failed.getByRole('button', { name: 'Try again' }).click();
    await eventually(texts).toEqual(['hello']);
  });
});

describe('text from people', () => {
  it('stays text: no markup, no script, no broken layout', async () => {
    const [, ben] = chat.people();
    if (ben === undefined) throw new Error('no ben');
    const hostile = [
      '<img src=x onerror="document.title=\'owned\'">',
      '<script>document.title="owned"</script>',
      '"><svg onload=alert(1)>',
      'javascript:alert(1) https://ok.example/"onmouseover="alert(1)',
      'W'.repeat(600),
      'ابدأ النشر \u202Eتجربة',
      '{{constructor.constructor("alert(1)")()}}',
    ];
    for (const text of hostile) chat.post({ channel: 'deployments', author: ben, text });
    chat.post({
      channel: 'deployments',
      message: {
        summary: hostile[0] ?? '',
        tone: 'danger',
        elements: [
          { type: 'header', text: hostile[0] ?? '' },
          { type: 'fields', fields: [{ label: hostile[1] ?? '', value: hostile[4] ?? '' }] },
          { type: 'table', columns: ['<b>a</b>'], rows: hostile.map((text) => [text]) },
          { type: 'code', title: hostile[2] ?? '', text: hostile[1] ?? '' },
          { type: 'steps', steps: hostile.map((label) => ({ label, state: 'failed' as const, detail: label })) },
          { type: 'changes', title: '<i>', changes: hostile.map((path) => ({ path, before: path, after: path })) },
        ],
      },
    });
    await ana.page.locator('.card .table-frame').waitFor();
    expect(await texts()).toEqual(hostile);
    expect(await ana.page.locator('.list img, .list script, .list b b, .list svg[onload], .list [onmouseover]').count()).toBe(0);
    expect(await ana.page.title()).not.toContain('owned');
    expect(await ana.page.locator('.list a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://ok.example/',
    ]);
    const overflow = await ana.page.locator('.pane .list').evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(overflow).toBe(0);
    expect(ana.problems).toEqual([]);
  });
});
