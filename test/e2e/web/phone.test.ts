import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chatTest } from './chat-test.ts';
import { eventually } from './chat-user.ts';

const it = chatTest.override('device', { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });

const pageOverflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

it('fits a phone of 360 pixels: cards stay inside, and wide tables flow so that every cell can be seen', async ({ ana, chat }) => {
  await ana.send('/deploy shop staging');
  chat.post({
    channel: 'deployments',
    message: {
      summary: 'x',
      tone: 'neutral',
      elements: [{ type: 'table', columns: 'abcdefghij'.split(''), rows: ['0123456789'.split('')] }],
    },
  });
  const table = ana.page.locator('.table-frame');
  await table.waitFor();
  expect(await pageOverflow(ana.page)).toBeLessThanOrEqual(0);
  expect(await ana.page.locator('.pane .list').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
  expect(await table.evaluate((frame) => frame.scrollWidth - frame.clientWidth)).toBe(0);
  for (const cell of await table.getByRole('cell').all()) {
    const box = await cell.boundingBox();
    expect(box?.width).toBeGreaterThan(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
  }
  const button = await ana.message('shop 1.1.0').getByRole('button', { name: 'Cancel' }).boundingBox();
  expect(button?.height).toBeGreaterThanOrEqual(40);
});

it('opens the channels as a drawer and closes it after a choice', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'Show channels' }).tap();
  await ana.page.locator('.channel', { hasText: 'random' }).tap();
  await ana.page.locator('.pane h1', { hasText: 'random' }).waitFor();
  await eventually(() => ana.page.locator('.sidebar').evaluate((sidebar) => getComputedStyle(sidebar).visibility)).toBe('hidden');
});

it('lays a thread over the channel, with a way back', async ({ ana, chat }) => {
  const root = chat.post({
    channel: 'deployments',
    message: { summary: 'x', tone: 'neutral', elements: [{ type: 'header', text: 'root' }] },
  });
  chat.post({
    channel: 'deployments',
    threadRoot: root.id,
    message: { summary: 'y', tone: 'neutral', elements: [{ type: 'header', text: 'detail' }] },
  });
  await ana.page.locator('.replies').tap();
  const thread = ana.page.locator('.thread');
  await thread.locator('.message', { hasText: 'detail' }).waitFor();
  await eventually(async () => (await thread.boundingBox())?.width).toBe(360);
  await ana.page.getByRole('button', { name: 'Back to the channel' }).tap();
  await eventually(() => thread.count()).toBe(0);
});

it('completes commands by touch', async ({ ana }) => {
  await ana.composer.tap();
  await ana.composer.pressSequentially('/wh');
  await ana.page.locator('.choice', { hasText: '/whoami' }).tap();
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await ana.message('You are Ana Lima.').waitFor();
});
