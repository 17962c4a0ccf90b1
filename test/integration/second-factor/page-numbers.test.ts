import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFactor } from '../../../src/application/second-factor/ask-for-page.ts';
import { confirmPage } from '../../../src/application/second-factor/confirm-page.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Visitor } from '../../../src/ports/factor-pages.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aPerson, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** A link that Slack or Discord brought is its person's only once they typed, in the chat, the number that its page shows. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const source = 'slack:ops';
const onSlack = (name = 'Ada'): Person => ({ ...aPerson(name), account: { platform: 'slack', id: 'T1/U1', name } });
const browser = (letter: string): Visitor => ({ personId: null, browser: letter.repeat(43) });
const [own, foreign] = [browser('o'), browser('f')];

async function aLink() {
  const { parts, clock } = factorParts(test);
  const person = onSlack();
  const pages = createFactorPages(parts);
  const ask = async () => {
    const page = await addFactor(parts, { person, proof: null, source });
    if (!('url' in page)) throw new Error('no page');
    expect(page.asksNumber).toBe(true);
    return page.url.split('/').at(-1) ?? '';
  };
  const token = await ask();
  const numberIn = async (visitor: Visitor, at = token) => {
    const opened = await pages.open(at, visitor);
    return isRefusal(opened) ? opened.refused : opened.stage === 'unconfirmed' ? opened.number : 'ready';
  };
  const type = (number: string, who: Person = person) => confirmPage(parts, { person: who, number, source });
  const isBegun = async (visitor: Visitor, at = token) => !isRefusal(await pages.begin(at, visitor, 'totp'));
  const audited = async () =>
    (await test.database.stores.audit.list({ subject: person.id, limit: 50 })).map(({ action, result }) => `${action} ${result}`);
  return { parts, clock, person, pages, token, ask, numberIn, type, isBegun, audited };
}

/** Another number than this one. */
const wrong = (number: string | null): string => String((Number(number) + 1) % 1_000_000).padStart(6, '0');

describe('a page for somebody on Slack', () => {
  it('goes on once its person typed its number in the chat', async () => {
    const { pages, token, numberIn, type, isBegun, audited } = await aLink();
    expect(await numberIn(own)).toBeNull();
    expect(await pages.claim(token, own)).toBeNull();
    const number = (await numberIn(own)) ?? '';
    expect(number).toMatch(/^\d{6}$/);
    expect(await isBegun(own)).toBe(false);
    expect(await type(`${number.slice(0, 3)} ${number.slice(3)}`)).toMatchObject({ confirmedUntil: expect.any(Number) });
    expect(await numberIn(own)).toBe('ready');
    expect(await isBegun(own)).toBe(true);
    expect((await audited()).filter((line) => line.startsWith('factor.page'))).toEqual([
      'factor.page-confirm done',
      'factor.page-open done',
    ]);
  });

  it('gives nothing to whoever got the link first: not before its person types their number, and then to nobody else', async () => {
    const { pages, token, ask, numberIn, type, isBegun } = await aLink();
    // A stranger opens it and waits.
    expect(await pages.claim(token, foreign)).toBeNull();
    expect(await isBegun(foreign)).toBe(false);
    const theirs = (await numberIn(foreign)) ?? '';
    // Its person sees that somebody was there, and asks for another one: with it the stranger's is over.
    expect(await pages.claim(token, own)).toMatchObject({ refused: 'link_over', message: expect.stringContaining('another browser') });
    const second = await ask();
    expect(await isBegun(foreign)).toBe(false);
    expect(await pages.claim(second, own)).toBeNull();
    expect(await type(theirs)).toMatchObject({ refused: 'wrong_code' });
    expect(await type((await numberIn(own, second)) ?? '')).toMatchObject({ confirmedUntil: expect.any(Number) });
    expect(await isBegun(foreign, second)).toBe(false);
    expect(await isBegun(own, second)).toBe(true);
  });

  it('is bound and used by nobody who only looks, however often', async () => {
    const { pages, token, numberIn, audited } = await aLink();
    for (const visitor of [{ personId: null, browser: null }, foreign, own, foreign]) expect(await numberIn(visitor)).toBeNull();
    expect(await pages.claim(token, { personId: null, browser: null })).toMatchObject({ refused: 'link_over' });
    expect(await pages.claim(token, own)).toBeNull();
    expect((await audited()).filter((line) => line.startsWith('factor.page'))).toHaveLength(1);
  });

  it('is over after three wrong numbers, of many typed at once too', async () => {
    const { pages, token, numberIn, type } = await aLink();
    await pages.claim(token, own);
    const number = (await numberIn(own)) ?? '';
    const answers = await Promise.all(Array.from({ length: 10 }, () => type(wrong(number))));
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'wrong_code')).toHaveLength(2);
    expect(await type(number)).toMatchObject({ refused: 'link_over' });
    expect(await numberIn(own)).toBe('link_over');
  });

  it('is confirmed by its person only, before it ends, and never before somebody pressed Continue', async () => {
    const { clock, pages, token, numberIn, type } = await aLink();
    expect(await type('000000')).toMatchObject({ refused: 'link_over' });
    await pages.claim(token, own);
    const number = (await numberIn(own)) ?? '';
    expect(await type(number, onSlack('Bo'))).toMatchObject({ refused: 'link_over' });
    expect(await numberIn(own)).toBe(number);
    await clock.advance(10 * 60_000);
    expect(await type(number)).toMatchObject({ refused: 'link_over' });
  });

  it('has another number in every link and every browser', async () => {
    const numbers = new Set<string | null>();
    for (let index = 0; index < 20; index += 1) {
      const { pages, token, numberIn } = await aLink();
      await pages.claim(token, own);
      numbers.add(await numberIn(own));
    }
    expect(numbers.size).toBeGreaterThan(15);
  });

  it('needs no number from whoever is signed in here as its person', async () => {
    const { person, numberIn, isBegun, token, pages } = await aLink();
    const signedIn = { ...own, personId: person.id };
    expect(await numberIn(signedIn)).toBe('ready');
    expect(await isBegun(signedIn)).toBe(true);
    // In the same browser, signed out: it is not known any more who sits there.
    expect(await pages.begin(token, own, 'totp')).toMatchObject({ refused: 'not_allowed' });
    expect(await pages.finish(token, own, { kind: 'totp', code: '000000' })).toMatchObject({ refused: 'not_allowed' });
  });
});
