import { describe, expect } from 'vitest';
import { openPage } from '../../support/browser.ts';
import { serveChat } from '../../support/serve-chat.ts';
import { chatTest as it } from './chat-test.ts';
import { ChatUser, eventually } from './chat-user.ts';

describe('under one’s name', () => {
  it('signs out with one click, and the page asks again who it is', async ({ ana, chat }) => {
    await ana.page.locator('.me summary').click();
    await ana.page.getByRole('button', { name: 'Sign out' }).click();
    await ana.page.locator('.person', { hasText: 'Ana Lima' }).waitFor();
    expect(await chat.signedIn.sessions.ofPerson('ana')).toEqual([]);
    await ana.page.reload();
    await ana.page.locator('.person', { hasText: 'Ana Lima' }).waitFor();
  });

  it('shows where one is signed in, and ends what is elsewhere', async ({ ana, browser, server, chat }) => {
    const elsewhere = await ChatUser.join(browser, server.url, 'Ana Lima');
    await ana.page.locator('.me summary').click();
    await ana.page.getByRole('button', { name: 'Sessions' }).click();
    const dialog = ana.page.getByRole('dialog', { name: 'Where you are signed in' });
    await eventually(() => dialog.locator('.session').count()).toBe(2);
    expect(await dialog.getByText('this browser').count()).toBe(1);
    await dialog.getByRole('button', { name: /^End the session of/ }).click();
    await eventually(() => dialog.locator('.session').count()).toBe(1);
    expect(await chat.signedIn.sessions.ofPerson('ana')).toHaveLength(1);
    await elsewhere.page.locator('.person', { hasText: 'Ana Lima' }).waitFor({ timeout: 60_000 });
    await elsewhere.leave();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await eventually(() => dialog.count()).toBe(0);
  });
});

describe('a sign-in link', () => {
  it('signs in by a click, and its code is in no address that leaves the browser', async ({ browser, chat }) => {
    const code = 'one-time-code-of-ana';
    const redeemSignIn = async (given: string) => (given === code ? chat.person('ana') : null);
    const served = await serveChat(chat, { mode: { kind: 'production', redeemSignIn } });
    const page = await openPage(browser, served.url);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${served.url}/sign-in#code=${code}`);
    expect(await chat.signedIn.sessions.ofPerson('ana')).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.me-name', { hasText: 'Ana Lima' }).waitFor();
    expect(page.url()).not.toContain(code);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((address) => address.split('#')[0]?.includes(code))).toEqual([]);
    await page.context().close();
    await served.close();
  });
});
