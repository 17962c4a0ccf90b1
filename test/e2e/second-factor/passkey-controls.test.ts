import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebAuthnPasskeys } from '../../../adapters/webauthn/webauthn-passkeys.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { addFactor } from '../../../src/application/second-factor/ask-for-page.ts';
import { confirmPage } from '../../../src/application/second-factor/confirm-page.ts';
import { isProven, prove } from '../../../src/application/second-factor/prove.ts';
import { hashToken } from '../../../src/application/second-factor/tokens.ts';
import { type Confirmation, isFactorRequest } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { NO_TRIES } from '../../../src/domain/factor.ts';
import type { Json, JsonObject } from '../../../src/domain/json.ts';
import { launchBrowser } from '../../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aConfirmation, aPerson } from '../../support/second-factor/person-with-factors.ts';
import { type ServedPages, servePages } from '../../support/second-factor/serve-pages.ts';
import { addAuthenticator } from './authenticator.ts';

/** What a passkey's answer is good for: one confirmation, one person, one link, once. Every answer here is a real browser's. */
let test: TestDatabase;
let browser: Browser;
let served: ServedPages;
let ada: Holder;
let bo: Holder;

type Holder = { readonly person: Person; readonly page: Page; readonly authenticator: Awaited<ReturnType<typeof addAuthenticator>> };
const source = 'slack:ops';

beforeAll(async () => {
  test = await createTestDatabase();
  browser = await launchBrowser();
  served = await servePages(test, []);
  ada = await aHolder('Ada');
  bo = await aHolder('Bo');
});
afterAll(async () => {
  await served?.close();
  await browser?.close();
  await test?.drop();
});
beforeEach(() => test.database.stores.factors.saveTries(ada.person.id, NO_TRIES));

/** Somebody with a passkey in a browser of their own. */
async function aHolder(name: string): Promise<Holder> {
  const someone = aPerson(name);
  const person = { ...someone, account: { platform: 'slack', id: `T1/${someone.id}`, name } };
  const page = await (await browser.newContext()).newPage();
  const authenticator = await addAuthenticator(page);
  const link = await addFactor(served.parts, { person, proof: null, source });
  if (!('url' in link)) throw new Error('no page');
  await page.goto(link.url);
  await confirmIn(page, person);
  await page.getByRole('button', { name: 'Passkey' }).click();
  await page.getByRole('button', { name: 'Create passkey' }).click();
  await page.getByText('Passkey is set up').waitFor();
  return { person, page, authenticator };
}

/** Types in the chat what the page shows. */
async function confirmIn(page: Page, person: Person): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
  const number = (await page.locator('.number').textContent()) ?? '';
  await confirmPage(served.parts, { person, number, source });
  await page.getByRole('button', { name: 'Passkey' }).waitFor();
}

type Asked = { readonly id: string; readonly url: string; readonly confirmation: Confirmation };

/** A link to confirm something. */
async function ask({ person }: Holder, confirmation = aConfirmation()): Promise<Asked> {
  const asked = await served.parts.database.transact((stores) =>
    prove(served.parts, stores, { person, proof: null, confirmation, now: served.clock.now(), source }),
  );
  if (!isFactorRequest(asked) || asked.factorRequest.url === null) throw new Error(`no page: ${JSON.stringify(asked)}`);
  const { url } = asked.factorRequest;
  const link = await test.database.stores.factorLinks.find(hashToken(url.split('/').at(-1) ?? ''));
  return { id: link?.id ?? '', url, confirmation };
}

/** What the person's browser answers to the page; `changes` are what an attacker's page would ask for instead. */
async function answerOf({ page }: Holder, { url }: Asked, changes: JsonObject = {}): Promise<Json> {
  await page.goto(url);
  return page.evaluate(async (other) => {
    const library = Reflect.get(globalThis, 'SimpleWebAuthnBrowser');
    const options = JSON.parse(document.querySelector<HTMLElement>('form')?.dataset['options'] ?? '');
    return library.startAuthentication({ optionsJSON: { ...options, ...JSON.parse(other) } });
  }, JSON.stringify(changes));
}

function submit(asked: Asked, { person }: Holder, response: Json, confirmation = asked.confirmation, parts: Parts = served.parts) {
  return parts.database.transact((stores) =>
    prove(parts, stores, {
      person,
      proof: { by: 'passkey', confirmationId: asked.id, response },
      confirmation,
      now: served.clock.now(),
      source,
    }),
  );
}

const failures = async () => (await test.database.stores.factors.tries(ada.person.id)).failures;

describe('a new passkey', () => {
  async function create(changes: JsonObject, isVerified: boolean): Promise<string> {
    const person = { ...aPerson('Cy'), account: { platform: 'slack', id: 'T1/UCY', name: 'Cy' } };
    const page = await (await browser.newContext()).newPage();
    await addAuthenticator(page, isVerified);
    const link = await addFactor(served.parts, { person, proof: null, source });
    if (!('url' in link)) throw new Error('no page');
    await page.goto(link.url);
    await confirmIn(page, person);
    await page.getByRole('button', { name: 'Passkey' }).click();
    await page.getByRole('button', { name: 'Create passkey' }).waitFor();
    await page.waitForLoadState();
    await page.evaluate(async (other) => {
      const library = Reflect.get(globalThis, 'SimpleWebAuthnBrowser');
      const form = document.querySelector<HTMLFormElement>('form');
      const field = document.querySelector<HTMLInputElement>('input[name=response]');
      const options = JSON.parse(form?.dataset['options'] ?? '');
      const response = await library.startRegistration({ optionsJSON: { ...options, ...JSON.parse(other) } });
      if (field !== null) field.value = JSON.stringify(response);
      form?.submit();
    }, JSON.stringify(changes));
    await page.getByText(/set up|Not possible/).waitFor();
    const said = (await page.locator('main').textContent()) ?? '';
    await page.context().close();
    return said;
  }

  it.each<[string, JsonObject, boolean, string]>([
    ['as it was asked for', {}, true, 'Passkey is set up'],
    ['for another challenge', { challenge: 'AAAA' }, true, 'not accepted'],
    [
      'without finger, face or PIN',
      { authenticatorSelection: { userVerification: 'discouraged', residentKey: 'discouraged' } },
      false,
      'not accepted',
    ],
  ])('%s', async (_name, changes, isVerified, expected) => {
    expect(await create(changes, isVerified)).toContain(expected);
  });
});

describe('the answer of a passkey', () => {
  it('proves for one of 20 that bring it at once, and never again', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(asked, ada, response)));
    expect(answers.filter(isProven)).toEqual([{ proven: 'passkey' }]);
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'link_over', message: expect.stringContaining('used already') });
    expect(await failures()).toBe(0);
  });

  it('of one link proves nothing on another one', async () => {
    const [first, second] = [await ask(ada), await ask(ada, aConfirmation({ subject: 'request-2' }))];
    const response = await answerOf(ada, first);
    expect(await submit(second, ada, response)).toMatchObject({ refused: 'wrong_code' });
    expect(await failures()).toBe(0);
    expect((await test.database.stores.factorLinks.lock(second.id))?.wrongTries).toBe(1);
    expect(await submit(first, ada, response)).toEqual({ proven: 'passkey' });
  });

  it.each([
    ['another plan', aConfirmation({ hash: 'another' })],
    ['another request', aConfirmation({ subject: 'request-9' })],
    ['another purpose', aConfirmation({ purpose: 'break_glass' })],
    ['another decision', aConfirmation({ values: { decision: 'no' } })],
  ])('proves nothing for %s than its page showed', async (_name, confirmation) => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    expect(await submit(asked, ada, response, confirmation)).toMatchObject({
      refused: 'link_over',
      message: expect.stringContaining('has changed'),
    });
  });

  it('proves nobody else: neither on their link nor with their passkey', async () => {
    const asked = await ask(ada);
    const own = await answerOf(ada, asked);
    expect(await submit(asked, bo, own)).toMatchObject({ refused: 'link_over', message: expect.stringContaining('not one of yours') });
    const bos = await ask(bo);
    const foreign = await answerOf(bo, bos);
    expect(await submit(asked, ada, foreign)).toMatchObject({ refused: 'wrong_code' });
    // Bo's answer under the name of Ada's credential.
    const disguised = { ...(foreign as JsonObject), id: (own as JsonObject)['id'] ?? null, rawId: (own as JsonObject)['rawId'] ?? null };
    expect(await submit(asked, ada, disguised)).toMatchObject({ refused: 'wrong_code' });
    expect(await submit(asked, ada, own)).toEqual({ proven: 'passkey' });
  });

  it('of another origin proves nothing', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    for (const publicUrl of ['http://localhost:1', 'https://localhost', 'https://evil.example']) {
      const elsewhere = { ...served.parts, passkeys: new WebAuthnPasskeys({ publicUrl, logger: served.parts.logger }) };
      expect(await submit(asked, ada, response, asked.confirmation, elsewhere)).toMatchObject({ refused: 'wrong_code' });
    }
  });

  it('without the person’s finger, face or PIN proves nothing', async () => {
    const asked = await ask(ada);
    const { session, id } = ada.authenticator;
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
    const response = await answerOf(ada, asked, { userVerification: 'discouraged' });
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'wrong_code' });
  });

  it('of a copy, whose counter did not grow, proves nothing', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    const [factor] = await test.database.stores.factors.list(ada.person.id);
    const { id = '', counter = 0 } = factor?.kind === 'passkey' ? factor : {};
    await test.database.stores.factors.markUsed(id, { at: 1, counter: counter + 1000 });
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'wrong_code' });
    await test.database.stores.factors.markUsed(id, { at: 1, counter });
    expect(await submit(asked, ada, response)).toEqual({ proven: 'passkey' });
  });

  it('comes too late after five minutes', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    await served.clock.advance(5 * 60_000 - 1);
    const late = await ask(ada);
    const lateResponse = await answerOf(ada, late);
    await served.clock.advance(1);
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'link_over', message: expect.stringContaining('over') });
    expect(await submit(late, ada, lateResponse)).toEqual({ proven: 'passkey' });
  });

  it('ends its page when it is wrong five times, and locks nobody out: whoever has the link is not known', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    const nonsense = [null, 'x', {}, { id: 'x' }, { ...(response as JsonObject), response: {} }];
    const answers = [];
    for (const one of nonsense) answers.push(await submit(asked, ada, one));
    expect(answers.map((answer) => 'refused' in answer && answer.refused)).toEqual([...Array(4).fill('wrong_code'), 'link_over']);
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'link_over' });
    expect(await failures()).toBe(0);
    const another = await ask(ada);
    expect(await submit(another, ada, await answerOf(ada, another))).toEqual({ proven: 'passkey' });
  });

  it('proves nothing while wrong codes have locked all factors', async () => {
    const asked = await ask(ada);
    const response = await answerOf(ada, asked);
    await test.database.stores.factors.saveTries(ada.person.id, { failures: 0, lockedUntil: served.clock.now() + 1, locks: 1 });
    expect(await submit(asked, ada, response)).toMatchObject({ refused: 'factor_locked' });
  });
});
