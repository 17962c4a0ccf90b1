import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { eventually } from '../web/chat-user.ts';
import { Product, VERSIONS } from './product.ts';
import { Someone } from './someone.ts';

const { first, second, broken } = VERSIONS;

let browser: Browser;
let product: Product;
let ada: Someone;
let grace: Someone;

beforeAll(async () => {
  [browser, product] = await Promise.all([launchBrowser(), Product.open()]);
  [ada, grace] = [await Someone.join(browser, product, 'Ada'), await Someone.join(browser, product, 'Grace')];
});
afterAll(async () => {
  await ada?.leave();
  await grace?.leave();
  await product?.close();
  await browser?.close();
});

/** One story: each part begins where the one before it ended. */
describe('the main job in the browser', () => {
  it('completes what is typed, and one card goes through its stages to the end, live for everyone', async () => {
    const { composer, page } = ada.chat;
    await composer.pressSequentially('/dep');
    await page.locator('.choice[aria-selected="true"]', { hasText: '/deploy' }).waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.choice', { hasText: product.app }).waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.choice', { hasText: 'staging' }).waitFor();
    await page.keyboard.press('Tab');
    await composer.pressSequentially(first);
    expect(await composer.inputValue()).toBe(`/deploy ${product.app} staging ${first}`);
    await ada.markPage();
    await grace.markPage();
    const seen = await Promise.all([ada, grace].map((person) => person.recordStages()));
    await page.keyboard.press('Enter');

    const title = product.title(first);
    for (const person of [ada, grace]) await person.card(title).reads(`✅ Deployed`);
    for (const stages of seen) expect(await stages()).toContain('Promote');
    for (const person of [ada, grace]) {
      expect(await person.card(title).stages()).toEqual(
        ['Prepare', 'Stage', 'Validate', 'Promote', 'Verify', 'Clean up'].map((s) => `${s}: done`),
      );
      expect(await person.countCards(title)).toBe(1);
      expect(await person.isMarked()).toBe(true);
    }
    expect(await product.running()).toEqual([first]);
  });

  it('offers the way back once there is one', async () => {
    expect(
      await ada
        .card(product.title(first))
        .button(/^Roll back/)
        .count(),
    ).toBe(0);
    await grace.chat.send(`/deploy ${product.app} staging ${second} --reason "next one"`);
    const card = ada.card(product.title(second));
    await card.reads(`staging runs ${second}.`);
    await card.button(`Roll back to ${first}`).waitFor();
    expect(await card.message.textContent()).toContain('next one');
    expect(await product.running()).toEqual([second]);
  });

  it('takes a broken version back by itself and says why, with what the service wrote last', async () => {
    await ada.chat.send(`/deploy ${product.app} staging ${broken}`);
    const card = grace.card(product.title(broken));
    await card.reads(`${broken} failed and was taken back. staging runs ${second} again.`);
    expect(await card.message.textContent()).toContain('Reason: A task of web stopped (exit code 1).');
    expect(await product.running()).toEqual([second]);

    const thread = await grace.openThread(card);
    const failure = thread.locator('.card.tone-danger', { hasText: 'Last lines' });
    await failure.filter({ hasText: 'boom: this version cannot start' }).waitFor();
    expect(await failure.textContent()).not.toContain(`version ${second}`);
    await grace.chat.page.keyboard.press('Escape');
  });

  it('asks only the one who typed /rollback, and goes back when the button says so', async () => {
    await ada.chat.send(`/rollback ${product.app} staging`);
    const question = ada.privately.filter({ hasText: `staging goes from ${second} back to revision 1, ${first}.` });
    await question.getByText('Only visible to you').waitFor();
    await ada.chat.send('asked');
    await grace.chat.message('asked').waitFor();
    expect(await grace.chat.page.locator('body').textContent()).not.toContain(`Roll ${product.app} staging back to ${first}?`);

    await question.getByRole('button', { name: `Roll back to ${first}` }).click();
    for (const person of [ada, grace]) await person.card(`${product.title(first)} (rollback)`).reads(`staging runs ${first}.`);
    expect(await product.running()).toEqual([first]);
  });

  it('names the target before a card’s button acts, and makes one rollback of two people’s clicks', async () => {
    const title = `${product.title(first)} (rollback)`;
    const before = (await product.deployments()).length;
    for (const person of [ada, grace]) {
      await person.card(title).button(`Roll back to ${second}`).click();
      await person.dialog.filter({ hasText: `staging goes from ${first} back to ${second}` }).waitFor();
    }
    expect(await product.deployments()).toHaveLength(before);
    await Promise.all([ada, grace].map((person) => person.confirm(`Roll back to ${second}`)));

    const back = `${product.title(second)} (rollback)`;
    for (const person of [ada, grace]) await person.card(back).reads(`staging runs ${second}.`);
    await eventually(() => ada.chat.page.locator('.button[aria-busy="true"]').count()).toBe(0);
    await eventually(() => grace.chat.page.locator('.button[aria-busy="true"]').count()).toBe(0);
    expect(await product.deployments()).toHaveLength(before + 1);
    expect(await product.running()).toEqual([second]);
  });

  it('asks by form when /deploy stands alone, offers known versions, and a link opens the deployment’s thread', async () => {
    await ada.chat.send('/deploy');
    const { page } = ada.chat;
    const form = page.locator('form.form');
    await form.getByLabel('App').selectOption(product.app);
    await form.getByLabel('Environment').selectOption('staging');
    await form.getByLabel('Version').focus();
    await page.locator(`datalist option[value="${first}"]`).waitFor({ state: 'attached' });
    await form.getByLabel('Version').fill(second);
    await form.getByLabel('Reason').fill('by form');
    await form.getByRole('button', { name: 'Deploy' }).click();
    await eventually(async () => (await product.deployments())[0]?.reason).toBe('by form');
    const [deployment] = await product.deployments();
    await ada.card(product.title(second)).reads(`staging runs ${second}.`);

    await page.goto(`${product.url}/deployments/${deployment?.id ?? ''}`);
    await page.locator('.thread', { hasText: 'by form' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.goto(`${product.url}/deployments/nothing`);
    await page.getByText('This chat has no card of that deployment.').waitFor();
    // The page that is not found says so in its console, too.
    ada.chat.problems.splice(0);
  });
});
