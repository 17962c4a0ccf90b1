import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { setUpTelephone } from '../../support/second-factor/set-up-telephone.ts';
import type { Telephone } from '../../support/second-factor/telephone.ts';
import { WebTalker } from '../platforms/web-talker.ts';
import { addAuthenticator } from '../second-factor/authenticator.ts';
import { ChatUser } from '../web/chat-user.ts';
import { Product, VERSIONS } from './product.ts';

/** Set to a folder, the pictures of the documentation are written there: `docs/images`. */
const PICTURES = process.env['APPROVAL_PICTURES'];
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } as const;
const { first, second } = VERSIONS;

/** An owner approves what a developer asks for, with a telephone in the hand: the real product, engine and browser. */
let product: Product;
let browser: Browser;
let url: string;
let ada: ChatUser;
let grace: WebTalker;
let telephone: Telephone;

beforeAll(async () => {
  // Passkeys belong to a name, which has to be known before it listens.
  const port = await freePort();
  url = `http://localhost:${port}`;
  product = await Product.open({
    environment: { PORT: String(port), SHIPMATE_URL: url },
    compose: join(import.meta.dirname, '../platforms/one-service.yaml'),
    app: PICTURES === undefined ? undefined : 'shop',
    workspace: (app) => ({
      workspace: 'Harbour',
      development: true,
      people: { ada: { name: 'Ada' }, grace: { name: 'Grace' } },
      environments: { production: { deployers: ['owner', 'developer'] } },
      apps: {
        [app]: {
          compose: 'compose.yaml',
          environments: { production: { channel: 'deploys' } },
          roles: { owner: 'ada', developer: 'grace' },
        },
      },
    }),
  });
  grace = await WebTalker.open(url, 'grace');
  const own = await WebTalker.open(url, 'ada');
  await own.say('/mfa add');
  const [link = ''] = (await own.answers()).flatMap(({ links }) => links);
  telephone = await setUpTelephone(url, link, { cookie: own.cookie });
  browser = await launchBrowser();
  ada = await ChatUser.join(browser, url, 'Ada', PHONE);
});
afterAll(async () => {
  await ada?.leave();
  await browser?.close();
  await grace?.leave();
  await product?.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Nothing of it lies beyond the edges of the telephone, and whatever is pressed is large enough for a thumb. */
async function fits(page: Page, part: Locator): Promise<void> {
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  for (const piece of [part, ...(await part.locator(':is(button, input, textarea, p, li, dd):visible').all())]) {
    const box = await piece.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.viewport.width);
  }
  for (const button of await part.locator('button.button').all()) {
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(40);
  }
}

async function picture(part: Page | Locator, name: string): Promise<void> {
  if (PICTURES !== undefined) await part.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** The card for everybody; Ada's own copy stands below it. */
const card = (version: string) => ada.messages.filter({ hasText: product.title(version, 'production') }).first();
const says = (version: string, text: string | RegExp) => card(version).getByText(text).first().waitFor({ timeout: 90_000 });

async function openForm(version: string): Promise<Locator> {
  await card(version)
    .getByRole('button', { name: `Approve ${version}…` })
    .tap();
  const dialog = ada.page.getByRole('dialog');
  await dialog.waitFor();
  return dialog;
}

describe('an owner with a telephone', () => {
  it('approves with a code, in a form that fits', async () => {
    await grace.say(`/deploy ${product.app} production ${first} --reason "the first one"`);
    await says(first, 'Waiting for approval: 0 of 1.');
    await fits(ada.page, card(first));
    const form = await openForm(first);
    await fits(ada.page, form);
    await form.getByLabel('Code (empty: confirm with a passkey)').fill(telephone.wrongCode());
    await form.getByRole('button', { name: 'Approve' }).tap();
    await form.getByText('That code is wrong. 4 tries are left.').waitFor();
    await form.getByLabel('Code (empty: confirm with a passkey)').fill(await telephone.code());
    await form.getByRole('button', { name: 'Approve' }).tap();
    await says(first, 'Ada approved (code)');
    await says(first, `production runs ${first}.`);
    expect(
      await card(first)
        .getByRole('button', { name: /Approve/ })
        .count(),
    ).toBe(0);
    expect(await product.running('production')).toEqual([first]);
  });

  it('approves with a passkey on the page behind the link, which says what is approved', async () => {
    // A tab of the same browser; nothing stands between it and the server.
    const tab = await browser.newContext(PHONE);
    await tab.addCookies(await ada.page.context().cookies());
    const page = await tab.newPage();
    await addAuthenticator(page);
    const own = await WebTalker.open(url, 'ada');
    await own.say('/mfa add');
    const question = (await own.answers()).findLast(({ buttons }) => buttons.includes('Enter a code'));
    const code = question === undefined ? null : await own.open(question, 'Enter a code');
    await code?.send({ code: await telephone.code() });
    const link = (await own.answers()).flatMap(({ links }) => links).at(-1) ?? '';
    await page.goto(link);
    await page.getByRole('button', { name: 'Passkey' }).tap();
    await page.getByRole('button', { name: 'Create passkey' }).tap();
    await page.getByText('Passkey is set up').waitFor();

    await grace.say(`/deploy ${product.app} production ${second} --reason "SHOP-214: the new checkout"`);
    await says(second, 'Waiting for approval: 0 of 1.');
    await fits(ada.page, card(second));
    await card(second).scrollIntoViewIfNeeded();
    await picture(card(second).locator('.card'), 'approval-card-phone');
    const form = await openForm(second);
    await form.getByRole('button', { name: 'Approve' }).tap();
    const confirm = ada.messages.getByRole('link', { name: 'Confirm with a passkey' }).last();
    await confirm.waitFor();
    await page.goto((await confirm.getAttribute('href')) ?? '');
    const main = page.locator('main');
    const shown = await main.textContent();
    expect(shown).toContain(`Approve ${product.app} production: ${first} → ${second}`);
    expect(shown).toContain('Asked for by Grace: SHOP-214: the new checkout');
    await fits(page, main);
    await picture(page, 'confirm-phone');
    await page.getByRole('button', { name: 'Confirm with passkey' }).tap();
    await says(second, 'Ada approved (passkey)');
    await says(second, `production runs ${second}.`);
    expect(await product.running('production')).toEqual([second]);
    await tab.close();
  });
});
