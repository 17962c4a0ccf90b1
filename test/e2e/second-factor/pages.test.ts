import { generateSync } from 'otplib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLink } from '../../../src/application/link-accounts.ts';
import { hashToken as hashOfToken } from '../../../src/application/machines/token-format.ts';
import { createToken } from '../../../src/application/machines/tokens.ts';
import { addFactor, renewRecoveryCodes } from '../../../src/application/second-factor/ask-for-page.ts';
import { confirmPage } from '../../../src/application/second-factor/confirm-page.ts';
import { isProven, prove } from '../../../src/application/second-factor/prove.ts';
import { removeFactor } from '../../../src/application/second-factor/remove-factor.ts';
import { isFactorRequest, type Proof } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { launchBrowser } from '../../support/browser.ts';
import { anApp as aShop, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aConfirmation, anApp, aPerson } from '../../support/second-factor/person-with-factors.ts';
import { type ServedPages, servePages } from '../../support/second-factor/serve-pages.ts';
import { addAuthenticator } from './authenticator.ts';

/** The pages behind private links in a real browser, on the real database. */
let test: TestDatabase;
let browser: Browser;
let served: ServedPages;
const onSlack = (person: Person): Person => ({ ...person, account: { platform: 'slack', id: `T1/${person.id}`, name: person.name } });
const workspace = { now: aWorkspace() };
const ada = onSlack(aPerson('Ada'));
const inBrowser = aPerson('Bo');

beforeAll(async () => {
  test = await createTestDatabase();
  browser = await launchBrowser();
  served = await servePages(test, [ada, inBrowser], { workspace: () => workspace.now });
});
afterAll(async () => {
  await served?.close();
  await browser?.close();
  await test?.drop();
});

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } as const;
const source = 'slack:ops';

async function openPhone(): Promise<Page> {
  const context = await browser.newContext(PHONE);
  return context.newPage();
}

/** The address of a page to set up a factor; with a code when the person has one already. */
async function addressFor(person: Person, proof: Proof | null = null): Promise<string> {
  const page = await addFactor(served.parts, { person, proof, source });
  if (!('url' in page)) throw new Error(`no page: ${JSON.stringify(page)}`);
  return page.url;
}

/** Presses Continue, and types in the chat what the page shows then. */
async function confirmIn(page: Page, person: Person): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
  const number = (await page.locator('.number').textContent()) ?? '';
  const confirmed = await confirmPage(served.parts, { person, number, source });
  if (isRefusal(confirmed)) throw new Error(confirmed.message);
  // By itself, without a script.
  await page.getByRole('button', { name: /Authenticator app|Show new codes/ }).waitFor();
}

const factorsOf = ({ id }: Person) => test.database.stores.factors.list(id);
const said = (page: Page) => page.locator('main').textContent();

describe('an authenticator app', () => {
  it('is set up on a phone, and proves from then on', async () => {
    const url = await addressFor(ada);
    const page = await openPhone();
    // A preview looks at the link first, several times.
    for (const method of ['GET', 'GET', 'HEAD']) expect((await fetch(url, { method })).status).toBe(200);
    const answer = await page.goto(url);
    expect(answer?.headers()).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(answer?.headers()['content-security-policy']).toContain("script-src 'self'");
    expect(await said(page)).toContain('For Ada.');
    await confirmIn(page, ada);
    await page.getByRole('button', { name: 'Authenticator app' }).click();
    const secret = ((await page.locator('code.secret').textContent()) ?? '').replaceAll(' ', '');
    expect(await factorsOf(ada)).toEqual([]);

    await page.getByLabel('The six digits').fill('000000');
    await page.getByRole('button', { name: 'Set up' }).click();
    expect(await said(page)).toContain('not the one this app should show');
    const code = generateSync({ secret, epoch: Math.floor(served.clock.now() / 1000) });
    await page.getByLabel('The six digits').fill(code);
    await page.getByRole('button', { name: 'Set up' }).click();
    expect(await said(page)).toContain('Authenticator app is set up');
    const recovery = await page.locator('.codes code').allInnerTexts();
    expect(new Set(recovery).size).toBe(10);
    expect(await factorsOf(ada)).toMatchObject([{ kind: 'totp', name: 'Authenticator app' }]);

    const proving = (text: string) =>
      served.parts.database.transact((stores) =>
        prove(served.parts, stores, {
          person: ada,
          proof: { by: 'code', code: text },
          confirmation: aConfirmation(),
          now: served.clock.now(),
          source,
        }),
      );
    // The code that set it up is used up.
    expect(await proving(code)).toMatchObject({ refused: 'code_used' });
    expect(isProven(await proving(recovery[0] ?? ''))).toBe(true);
    await served.clock.advance(30_000);
    expect(isProven(await proving(generateSync({ secret, epoch: Math.floor(served.clock.now() / 1000) })))).toBe(true);

    await page.goto(url);
    expect(await said(page)).toContain('used already');
    expect(served.watched.told.at(-1)).toMatchObject({
      personId: ada.id,
      notice: { title: expect.stringContaining('was set up for you') },
    });
    await page.context().close();
  });

  it('is not set up by whoever opens the link after somebody else began', async () => {
    const person = onSlack(aPerson('Cy'));
    const url = await addressFor(person);
    const [first, second] = [await openPhone(), await openPhone()];
    await first.goto(url);
    await second.goto(url);
    await confirmIn(first, person);
    await first.getByRole('button', { name: 'Authenticator app' }).click();
    await second.getByRole('button', { name: 'Continue' }).click();
    expect(await said(second)).toContain('opened in another browser already');
    expect(await second.locator('code.secret').count()).toBe(0);
    await second.goto(url);
    expect(await said(second)).toContain('opened in another browser already');
    expect(await first.locator('code.secret').count()).toBe(1);
    for (const page of [first, second]) await page.context().close();
  });
});

describe('a link', () => {
  it('of the browser chat is for whom is signed in there, and of no platform for anybody else', async () => {
    const url = await addressFor(inBrowser);
    const page = await openPhone();
    await page.goto(url);
    expect(await said(page)).toContain('Sign in to the chat');
    const as = async (person: Person) => page.context().addCookies([{ ...(await served.session(person)), url: served.url }]);
    await as(ada);
    await page.goto(url);
    expect(await said(page)).toContain('for somebody else');
    await as(inBrowser);
    await page.goto(url);
    expect(await said(page)).toContain('For Bo.');
    // Bo is signed in here, and this one was brought to Dee on Slack.
    await page.goto(await addressFor(onSlack(aPerson('Dee'))));
    expect(await said(page)).toContain('for somebody else');
    await page.context().close();
  });

  it('is over after ten minutes, when a newer one replaces it, and when it never was', async () => {
    const person = onSlack(aPerson('Eve'));
    const page = await openPhone();
    const first = await addressFor(person);
    const second = await addressFor(person);
    await page.goto(first);
    expect(await said(page)).toContain('newer one replaced it');
    await page.goto(second);
    await confirmIn(page, person);
    await page.getByRole('button', { name: 'Authenticator app' }).click();
    await served.clock.advance(10 * 60_000);
    await page.getByLabel('The six digits').fill('123456');
    await page.getByRole('button', { name: 'Set up' }).click();
    expect(await said(page)).toContain('This link is over');
    for (const path of ['/mfa/short', `/mfa/${'x'.repeat(43)}`, `/confirm/${'x'.repeat(43)}`]) {
      expect((await page.goto(served.url + path))?.status()).toBe(410);
    }
    await page.context().close();
  });

  it('acts for forms of its own page only', async () => {
    const url = await addressFor(onSlack(aPerson('Fay')));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'step=begin-totp';
    for (const foreign of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...foreign }, body });
      expect(answer.status).toBe(403);
      expect(await answer.text()).not.toContain('class="secret"');
    }
    // From our own page it is taken, and then this page waits for its person.
    const own = await fetch(url, { method: 'POST', headers: { ...headers, origin: served.url }, body: 'step=claim', redirect: 'manual' });
    expect(own.status).toBe(303);
    const early = await fetch(url, { method: 'POST', headers: { ...headers, origin: served.url }, body });
    expect(early.status).not.toBe(200);
    expect(await early.text()).not.toContain('class="secret"');
    expect((await fetch(url, { method: 'POST', headers: { origin: served.url }, body: '{}' })).status).toBe(409);
  });
});

describe('a passkey', () => {
  it('is created and then confirms in a real browser, exactly what its page said, once', async () => {
    const gil = onSlack(aPerson('Gil'));
    const app = await anApp(test, gil);
    const page = await openPhone();
    const { session, id } = await addAuthenticator(page);
    const code = app.codeAt(served.clock.now());
    await page.goto(await addressFor(gil, { by: 'code', code }));
    await confirmIn(page, gil);
    await page.getByRole('button', { name: 'Passkey' }).click();
    await page.getByRole('button', { name: 'Create passkey' }).click();
    await page.getByText('Passkey is set up').waitFor();
    expect((await session.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials).toMatchObject([{ rpId: 'localhost' }]);
    expect(await factorsOf(gil)).toMatchObject([{ kind: 'totp' }, { kind: 'passkey', name: 'Passkey', lastUsedAt: null }]);

    const asked = await removeFactor(served.parts, { person: gil, which: 'Authenticator app', proof: null, source });
    if (!isFactorRequest(asked) || asked.factorRequest.url === null) throw new Error('no page was offered');
    expect(asked.factorRequest.methods).toEqual(['totp', 'passkey', 'recovery_code']);
    const { url } = asked.factorRequest;
    await page.goto(url);
    expect(await page.locator('.summary li').allInnerTexts()).toEqual(['Take away the second factor “Authenticator app” of Gil.']);
    await page.getByRole('button', { name: 'Confirm with passkey' }).click();
    await page.getByText('Authenticator app is taken away').waitFor();
    expect(await factorsOf(gil)).toMatchObject([{ kind: 'passkey', counter: 2, lastUsedAt: served.clock.now() }]);
    await page.goto(url);
    expect(await said(page)).toContain('used already');

    // Confirming may lead on: to the page that shows new recovery codes.
    const renewing = await renewRecoveryCodes(served.parts, { person: gil, proof: null, source });
    if (!isFactorRequest(renewing) || renewing.factorRequest.url === null) throw new Error('no page was offered');
    await page.goto(renewing.factorRequest.url);
    await page.getByRole('button', { name: 'Confirm with passkey' }).click();
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Show new codes' }).click();
    expect(await page.locator('.codes code').count()).toBe(10);
    await page.context().close();
  });

  it('gets a code to link another account, and a token, on the page itself, once', async () => {
    const ivy = onSlack(aPerson('Ivy'));
    const page = await openPhone();
    await addAuthenticator(page);
    await page.goto(await addressFor(ivy));
    await confirmIn(page, ivy);
    await page.getByRole('button', { name: 'Passkey' }).click();
    await page.getByRole('button', { name: 'Create passkey' }).click();
    await page.getByText('Passkey is set up').waitFor();
    const secretAt = async (asked: unknown) => {
      if (!isFactorRequest(asked) || asked.factorRequest.url === null) throw new Error('no page was offered');
      const { url } = asked.factorRequest;
      await page.goto(url);
      await page.getByRole('button', { name: 'Confirm with passkey' }).click();
      const shown = (await page.locator('code.secret').textContent()) ?? '';
      await page.goto(url);
      expect(await said(page)).toContain('used already');
      return shown;
    };
    expect(await secretAt(await startLink(served.parts, { person: ivy, proof: null, source }))).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
    const shop = aShop('shop', { roles: { owner: [ivy.id], admin: [], developer: [], viewer: [], incident: [] } });
    workspace.now = aWorkspace({ apps: { shop } });
    const asked = await createToken(served.parts, {
      person: ivy,
      name: 'ci',
      scope: { apps: ['shop'], environments: ['staging'], permissions: ['view'] },
      forMs: 3_600_000,
      delivery: { platform: 'slack', deliveryId: 'ivy-1' },
      source,
    });
    expect(await test.database.stores.tokens.list(10)).toEqual([]);
    const secret = await secretAt(asked);
    const [token] = await test.database.stores.tokens.list(10);
    expect(token).toMatchObject({ name: 'ci', maker: { id: ivy.id } });
    expect(await test.database.stores.tokens.findByHash(hashOfToken(secret))).toMatchObject({ id: token?.id });
    await page.context().close();
  });

  it('of a device that does not check who holds it is not taken', async () => {
    const page = await openPhone();
    const hal = onSlack(aPerson('Hal'));
    await addAuthenticator(page, false);
    await page.goto(await addressFor(hal));
    await confirmIn(page, hal);
    await page.getByRole('button', { name: 'Passkey' }).click();
    await page.getByRole('button', { name: 'Create passkey' }).click();
    await page.locator('[role=alert]:not([hidden])').waitFor();
    expect(await factorsOf(hal)).toEqual([]);
    await page.context().close();
  });
});

describe('the log', () => {
  it('has seen every request and no token, code or secret', async () => {
    expect(served.logged.join('\n')).toContain('/mfa/:token');
    const text = served.logged.join('\n');
    expect(text).not.toMatch(/\/(?:mfa|confirm)\/[\w-]{43}/);
    for (const factor of await factorsOf(ada)) expect(text).not.toContain(factor.id);
  });
});
