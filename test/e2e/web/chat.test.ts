import { describe, expect } from 'vitest';
import type { Message } from '../../../src/chat/message.ts';
import { chatTest as it } from './chat-test.ts';
import { ChatUser, eventually } from './chat-user.ts';

const progress = (value: number, done: boolean): Message => ({
  summary: 'Deploying shop',
  tone: done ? 'success' : 'progress',
  elements: [
    { type: 'header', text: 'shop 1.1.0 → staging' },
    { type: 'steps', steps: [{ label: 'Promote', state: done ? 'done' : 'running', detail: null }] },
    { type: 'progress', label: 'web', value, total: 3, detail: `${value} of 3 healthy` },
  ],
});

describe('typing', () => {
  it('completes a command and its arguments by keyboard, and the answer comes without reloading', async ({ ana }) => {
    await ana.composer.pressSequentially('/dep');
    await ana.page.locator('.choice[aria-selected="true"]', { hasText: '/deploy' }).waitFor();
    await ana.page.keyboard.press('Tab');
    expect(await ana.composer.inputValue()).toBe('/deploy ');
    await ana.page.locator('.choice', { hasText: 'shipping' }).waitFor();
    await ana.composer.pressSequentially('sho');
    await ana.page.locator('.choice[aria-selected="true"]', { hasText: 'shop' }).waitFor();
    await ana.page.keyboard.press('Enter');
    await ana.page.locator('.choice', { hasText: 'staging' }).waitFor();
    expect(await ana.page.locator('.hint-usage .is-current').textContent()).toBe('<environment>');
    await ana.page.keyboard.press('ArrowDown');
    await ana.page.keyboard.press('ArrowDown');
    await ana.page.keyboard.press('Enter');
    expect(await ana.composer.inputValue()).toBe('/deploy shop production ');
    await ana.page.keyboard.press('Enter');

    await ana.message('shop 1.1.0 → production').waitFor();
    expect(await ana.composer.inputValue()).toBe('');
    await eventually(() => ana.page.locator('.is-pending').count()).toBe(0);
  });

  it('takes a completion by mouse and keeps the cursor in the field', async ({ ana }) => {
    await ana.composer.pressSequentially('/he');
    await ana.page.locator('.choice', { hasText: '/help' }).click();
    expect(await ana.composer.inputValue()).toBe('/help ');
    expect(await ana.composer.evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('shows one person’s words to the others, once', async ({ ana, browser, server }) => {
    const ben = await ChatUser.join(browser, server.url, 'Ben Okafor');
    await ana.send('Good morning');
    await ben.message('Good morning').waitFor();
    expect(await ana.messages.filter({ hasText: 'Good morning' }).count()).toBe(1);
    await ben.leave();
  });

  it('keeps a draft per channel, also over a reload', async ({ ana }) => {
    await ana.composer.fill('not sent yet');
    await ana.page.locator('.channel', { hasText: 'shop' }).click();
    await eventually(() => ana.composer.inputValue()).toBe('');
    await ana.page.locator('.channel', { hasText: 'deployments' }).click();
    await eventually(() => ana.composer.inputValue()).toBe('not sent yet');
    await ana.page.reload();
    await eventually(() => ana.composer.inputValue()).toBe('not sent yet');
  });
});

describe('live', () => {
  it('updates a card in place while another client moves it, keeping its elements', async ({ ana, chat }) => {
    const card = chat.post({ channel: 'deployments', message: progress(1, false) });
    const shown = ana.message('shop 1.1.0 → staging');
    await shown.locator('.step-running').waitFor();
    const bar = await shown.locator('.progress-bar').elementHandle();

    chat.edit(card.id, progress(3, true));
    await shown.locator('.step-done').waitFor();
    expect(await shown.locator('.progress-detail').textContent()).toBe('3 of 3 healthy');
    expect(await bar?.evaluate((element) => element.isConnected)).toBe(true);
    expect(await ana.messages.count()).toBe(1);
  });

  it('counts what is new in other channels until it is looked at', async ({ ana, chat }) => {
    const [, ben] = chat.people();
    if (ben === undefined) throw new Error('no ben');
    chat.post({ channel: 'shop', author: ben, text: 'Lunch?' });
    await ana.page.locator('.channel', { hasText: 'shop' }).locator('.badge', { hasText: '1' }).waitFor();
    await eventually(() => ana.page.title()).toContain('(1)');
    await ana.page.locator('.channel', { hasText: 'shop' }).click();
    await ana.message('Lunch?').waitFor();
    await eventually(() => ana.page.locator('.badge').count()).toBe(0);
  });

  it('leaves a reader who scrolled up where they are and offers the way back', async ({ ana, chat }) => {
    for (let line = 0; line < 60; line += 1) chat.post({ channel: 'deployments', message: progress(line, false) });
    const list = ana.page.locator('.pane .list');
    await eventually(() => ana.messages.count()).toBe(60);
    await eventually(() => list.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)).toBeLessThan(5);
    await list.evaluate((element) => element.scrollTo(0, 200));
    await ana.page.locator('.jump').waitFor();
    chat.post({ channel: 'deployments', message: progress(99, true) });
    await eventually(() => ana.messages.count()).toBe(61);
    expect(await list.evaluate((element) => element.scrollTop)).toBe(200);
    await ana.page.locator('.jump').click();
    await eventually(() => list.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)).toBeLessThan(5);
  });
});

describe('threads', () => {
  it('opens beside the channel, takes an answer and counts it on the message', async ({ ana, chat }) => {
    const root = chat.post({ channel: 'deployments', message: progress(1, false) });
    chat.post({ channel: 'deployments', threadRoot: root.id, message: progress(2, false) });
    await ana.page.locator('.replies', { hasText: '1 reply' }).click();
    const thread = ana.page.locator('.thread');
    await thread.locator('.message').nth(1).waitFor();
    await thread.locator('textarea').fill('watching this');
    await ana.page.keyboard.press('Enter');
    await thread.locator('.message', { hasText: 'watching this' }).waitFor();
    await ana.page.locator('.replies', { hasText: '2 replies' }).waitFor();
    expect(await ana.messages.filter({ hasText: 'watching this' }).count()).toBe(0);

    await ana.page.goBack();
    await eventually(() => thread.count()).toBe(0);
  });
});

describe('buttons and forms', () => {
  it('asks before a button acts, with the safe answer focused, and acts once', async ({ ana, chat }) => {
    await ana.send('/deploy shop staging');
    await ana.message('shop 1.1.0 → staging').getByRole('button', { name: 'Cancel' }).click();
    const dialog = ana.page.getByRole('alertdialog', { name: 'Cancel this deployment?' });
    await dialog.waitFor();
    expect(await dialog.getByRole('button', { name: 'Keep going' }).evaluate((button) => button === document.activeElement)).toBe(true);
    await ana.page.keyboard.press('Escape');
    await eventually(() => dialog.count()).toBe(0);
    expect(chat.actions).toEqual([]);

    await ana.message('shop 1.1.0 → staging').getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Cancel it' }).click();
    await ana.message('Ana Lima: cancel:1').waitFor();
    expect(chat.actions.map(({ action, person }) => [action, person.id])).toEqual([['cancel:1', 'ana']]);
  });

  it('acts on a choice of several when it is confirmed, and not while somebody looks through them', async ({ ana, chat }) => {
    const options = ['1.1.0', '1.0.0'].map((label, index) => ({ value: String(2 - index), label }));
    const menu = { type: 'select', action: 'rollback-pick:shop.staging', placeholder: 'Another version…', options } as const;
    chat.post({ channel: 'deployments', message: { summary: 'Roll back?', tone: 'warning', elements: [menu] } });
    const picker = ana.page.getByLabel('Another version…');
    const choose = ana.page.getByRole('button', { name: 'Choose' });
    await picker.waitFor();
    expect(await choose.isDisabled()).toBe(true);
    await picker.selectOption('1.1.0');
    await picker.selectOption('1.0.0');
    expect(chat.actions).toEqual([]);
    await choose.click();
    await ana.message('Ana Lima: rollback-pick:shop.staging 1').waitFor();
    expect(chat.actions.map(({ action, values }) => [action, values])).toEqual([['rollback-pick:shop.staging', { choice: '1' }]]);
  });

  it('keeps a refused form open with what was typed, and closes it when it is taken', async ({ ana, chat }) => {
    await ana.send('/scale');
    const dialog = ana.page.getByRole('dialog', { name: 'Scale a service' });
    await dialog.getByLabel('Replicas').fill('many');
    await dialog.getByRole('button', { name: 'Scale' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'must be a number' }).waitFor();
    expect(await dialog.getByLabel('Replicas').inputValue()).toBe('many');
    // It is said there, so no message has to say it once more.
    expect(chat.actions.at(-1)).toMatchObject({ action: 'scale:form', showsRefusal: true });

    await dialog.getByLabel('Service').selectOption('worker');
    await dialog.getByLabel('Replicas').fill('4');
    await dialog.getByLabel('Replicas').press('Enter');
    await ana.message('scale:form worker 4').waitFor();
    await eventually(() => dialog.count()).toBe(0);
  });

  it('shows a value that is shown once so that it can be read and copied, and sends nothing of it back', async ({ ana, chat }) => {
    await ana.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await ana.send('/token create ci');
    const dialog = ana.page.getByRole('dialog', { name: 'Token ci' });
    const shown = dialog.getByLabel('Copy it now');
    await shown.waitFor();
    expect(await shown.inputValue()).toBe('shm_shown');
    expect(await shown.getAttribute('type')).toBe('text');
    expect(await shown.isEditable()).toBe(false);
    expect(await dialog.textContent()).not.toContain('optional');
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toBe('shm_shown');
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await eventually(() => dialog.count()).toBe(0);
    expect(chat.actions.map(({ action, values }) => [action, values])).toEqual([['token-shown:k3f9', {}]]);
  });
});

describe('private answers', () => {
  it('reach only the person who asked, say so, and can be dismissed for good', async ({ ana, browser, server }) => {
    const ben = await ChatUser.join(browser, server.url, 'Ben Okafor');
    await ana.send('/whoami');
    await ana.message('You are Ana Lima.').getByText('Only visible to you').waitFor();
    await ana.send('after it');
    await ben.message('after it').waitFor();
    expect(await ben.page.locator('body').textContent()).not.toContain('You are Ana Lima.');

    await ana.message('You are Ana Lima.').getByRole('button', { name: 'Dismiss' }).click();
    await ana.page.reload();
    await ana.message('after it').waitFor();
    expect(await ana.messages.filter({ hasText: 'You are Ana Lima.' }).count()).toBe(0);
    await ben.leave();
  });

  it('disappear from a page that becomes someone else', async ({ ana }) => {
    await ana.send('/whoami');
    await ana.message('You are Ana Lima.').waitFor();
    await ana.page.locator('.me summary').click();
    await ana.page.locator('.menu-item', { hasText: 'Ben Okafor' }).click();
    await ana.page.locator('.me-name', { hasText: 'Ben Okafor' }).waitFor();
    await ana.isLive();
    expect(await ana.messages.filter({ hasText: 'You are Ana Lima.' }).count()).toBe(0);
  });
});
