import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { eventually } from '../web/chat-user.ts';
import { Product, VERSIONS } from './product.ts';
import { Someone } from './someone.ts';

const { first, second, stuck } = VERSIONS;

let browser: Browser;
let product: Product;
let ada: Someone;
let grace: Someone;
let linus: Someone;

beforeAll(async () => {
  [browser, product] = await Promise.all([launchBrowser(), Product.open()]);
  ada = await Someone.join(browser, product, 'Ada');
  grace = await Someone.join(browser, product, 'Grace');
  linus = await Someone.join(browser, product, 'Linus');
  // By the terminal, whose exit code says that it is over: set-up is no place to look at the page.
  const { status, output } = await product.shipmate('deploy', product.app, 'staging', first, '--as', 'ada');
  expect(status, output).toBe(0);
});
afterAll(async () => {
  for (const person of [ada, grace, linus]) await person?.leave();
  await product?.close();
  await browser?.close();
});

describe('a deployment that takes long', () => {
  it('shows the next one its place in the queue, and lets it go when it is cancelled', async () => {
    await ada.chat.send(`/deploy ${product.app} staging ${stuck}`);
    const running = ada.card(product.title(stuck));
    await running.isStage('Promote', 'running');
    await grace.chat.send(`/deploy ${product.app} staging ${second}`);
    const waiting = ada.card(product.title(second));
    await waiting.reads(`Next, after ${stuck} (Ada).`);

    await grace.chat.send(`/cancel ${product.app} staging`);
    await running.reads(`Cancelled by Grace.`);
    expect(await running.headline.textContent()).not.toContain(`runs ${stuck}`);
    await waiting.reads(`staging runs ${second}.`);
    expect(await waiting.message.locator('.fields').textContent()).toContain(`${first} → ${second}`);
    expect(await product.running()).toEqual([second]);
  });
});

describe('a deployment that waited', () => {
  it('says that it goes from what ran when its turn came, not when it was asked for', async () => {
    await ada.chat.send(`/deploy ${product.app} staging ${first}`);
    await grace.chat.send(`/deploy ${product.app} staging ${second}`);
    await eventually(() => ada.countCards(product.title(second))).toBe(2);
    const card = ada.card(product.title(second));
    await card.button(`Roll back to ${first}`).waitFor({ timeout: 60_000 });
    expect(await card.message.locator('.fields').textContent()).toContain(`${first} → ${second}`);
    const [waited] = await product.deployments();
    expect(waited).toMatchObject({ version: second, previousVersion: first });
  });
});

describe('what is asked', () => {
  it('is refused privately to who may not, with whom to ask', async () => {
    const answer = await linus.ask(`/deploy ${product.app} staging ${first}`, 'You may not deploy', 'Ask Ada', 'Only visible to you');
    expect(await answer.textContent()).toContain('your role here is viewer');
    await linus.chat.send('refused');
    await ada.chat.message('refused').waitFor();
    expect(await ada.chat.page.locator('body').textContent()).not.toContain('You may not deploy');
    expect(await product.deployments()).toHaveLength(5);
  });

  it.each([
    ['/status <app> staging', ['staging runs', 'healthy', 'web']],
    ['/history <app> staging', ['History of', 'Success rate', 'cancelled', 'succeeded']],
    ['/logs <app> staging web', ['Logs of', 'listening, version']],
    ['/plan <app> staging 1.0.0', ['Plan:', 'shipmate-test/app:1.0.0', 'Nothing was done']],
    ['/apps', ['Your apps', 'owner', 'An app for tests']],
    ['/doctor', ['Doctor', 'Postgres', 'engine']],
    ['/help', ['What you can type', '/rollback']],
    ['/deploy <ap> staging', ['that you may see', 'Did you mean <app>? Type: /deploy <app> staging']],
    ['/deploy <app> staging 1.0.9', ['No such image', 'Did you mean 1.0.0? Type: /deploy <app> staging 1.0.0']],
    ['/deplyo <app>', ['Did you mean /deploy?']],
  ])('answers %s', async (typed, words) => {
    const named = (text: string) => text.replaceAll('<app>', product.app).replaceAll('<ap>', product.app.slice(0, -1));
    await ada.ask(named(typed), ...words.map(named));
  });
});
