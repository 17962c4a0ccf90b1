import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setUpTelephone } from '../../support/second-factor/set-up-telephone.ts';
import type { Telephone } from '../../support/second-factor/telephone.ts';
import { Product, VERSIONS } from '../main-job/product.ts';
import { WebTalker } from './web-talker.ts';

/** Forms at a real terminal: the server is the real one, the terminal a pseudo-terminal of the kernel, and what is typed goes through it. */
const ENTER = '\r';
const CTRL_C = '\u0003';
const HIDDEN = 'Not shown';

let product: Product;
let ada: WebTalker;
let grace: WebTalker;
let telephone: Telephone;

beforeAll(async () => {
  product = await Product.open({ compose: join(import.meta.dirname, 'one-service.yaml'), workspace });
  [ada, grace] = await Promise.all([WebTalker.open(product.url, 'ada'), WebTalker.open(product.url, 'grace')]);
  await ada.say('/mfa add');
  const link = (await ada.direct()).flatMap(({ links }) => links)[0] ?? '';
  telephone = await setUpTelephone(product.url, link, { cookie: ada.cookie });
});
afterAll(async () => {
  await product?.close();
});

/** Nothing comes to run: that takes somebody from security as well. */
function workspace(app: string): object {
  return {
    workspace: 'Harbour',
    development: true,
    people: { ada: { name: 'Ada' }, grace: { name: 'Grace' }, linus: { name: 'Linus' } },
    groups: { security: ['linus'] },
    environments: { staging: null, production: { protected: true, approvals: [{ from: 'owner' }, { from: 'security' }] } },
    channels: { deploys: null },
    apps: {
      [app]: { compose: 'compose.yaml', environments: { staging: null, production: null }, roles: { owner: ['ada', 'grace'] } },
    },
  };
}

/** What Grace asks for: the short id on its card. */
async function asked(version: string): Promise<string> {
  await grace.say(`/deploy ${product.app} production ${version}`);
  return vi.waitFor(
    async () => {
      const card = (await grace.cards()).findLast(({ text }) => text.includes(product.title(version, 'production')));
      const [, id] = /Deployment ([a-z0-9]{8})/.exec(card?.text ?? '') ?? [];
      if (id === undefined) throw new Error('no card');
      return id;
    },
    { timeout: 30_000, interval: 100 },
  );
}

const cardOf = async (version: string): Promise<string> =>
  (await grace.cards()).findLast(({ text }) => text.includes(product.title(version, 'production')))?.text ?? '';

it('a deployment that says nothing is asked what and where, and followed to its end', async () => {
  const terminal = product.atTerminal('deploy', '--as', 'ada');
  await terminal.whenAsked(`[${product.app}] > `, ENTER);
  await terminal.whenAsked('> ', 'sta\t');
  await terminal.whenAsked('ging', ENTER);
  await terminal.whenAsked('Version', '');
  await terminal.whenAsked('> ', `${VERSIONS.first}${ENTER}`);
  await terminal.whenAsked('> ', ENTER);
  expect(await terminal.ended()).toBe(0);
  expect(terminal.seen).toContain(`staging runs ${VERSIONS.first}`);
});

describe('an approval at a terminal', () => {
  let id = '';
  beforeAll(async () => {
    id = await asked(VERSIONS.first);
  });

  it('is given with a code that nobody sees, after a wrong one', async () => {
    const terminal = product.atTerminal('approve', id, '--as', 'ada');
    const [wrong, right] = [telephone.wrongCode(), await telephone.code(20_000)];
    await terminal.whenAsked(HIDDEN, wrong + ENTER);
    await terminal.whenAsked('> ', `looks good${ENTER}`);
    await terminal.whenAsked(HIDDEN, right + ENTER);
    expect(await terminal.ended()).toBe(0);
    expect(terminal.seen).toContain('Ada approved (code): looks good');
    for (const code of [wrong, right]) expect(terminal.seen).not.toContain(code);
    expect(await cardOf(VERSIONS.first)).toContain('Ada approved (code): looks good');
  });
});

it('a request is rejected at a terminal with a reason, and with Ctrl-C or without a reason it is not', async () => {
  const id = await asked(VERSIONS.second);
  for (const [keys, words] of [
    [CTRL_C, 'Nothing was done.'],
    [ENTER, 'Nothing was done.'],
  ] as const) {
    const terminal = product.atTerminal('reject', id, '--as', 'ada');
    await terminal.whenAsked('> ', keys);
    expect(await terminal.ended()).toBe(1);
    expect(terminal.seen).toContain(words);
  }
  // Through a pipe nobody can be asked, and nobody is waited for.
  const piped = await product.shipmate('reject', id, '--as', 'ada');
  expect(piped).toMatchObject({ status: 1, complaints: '' });
  expect(piped.output).toContain('asks for: Why.\nRun it in a terminal');
  expect(await cardOf(VERSIONS.second)).toContain('Waiting for approval');
  const terminal = product.atTerminal('reject', id, '--as', 'ada');
  await terminal.whenAsked('> ', `not today${ENTER}`);
  expect(await terminal.ended()).toBe(0);
  expect(terminal.seen).toContain('Rejected by Ada: not today.');
  expect(await cardOf(VERSIONS.second)).toContain('Rejected by Ada: not today.');
});

describe('a secret at a terminal', () => {
  const VALUE = 'canary-4f1d9e\nsecond line';

  it('is set unseen, of several lines and confirmed with a code', async () => {
    const terminal = product.atTerminal('secret', 'set', product.app, 'production', 'DB_URL', '--as', 'ada');
    await terminal.whenAsked('[DB_URL] > ', ENTER);
    await terminal.whenAsked(HIDDEN, VALUE.replaceAll('\n', ENTER) + ENTER + ENTER);
    const code = await telephone.code(20_000);
    await terminal.whenAsked(HIDDEN, code + ENTER);
    expect(await terminal.ended()).toBe(0);
    for (const hidden of ['canary-4f1d9e', 'second line', code]) expect(terminal.seen).not.toContain(hidden);
    const listed = await product.shipmate('secret', 'list', product.app, 'production', '--as', 'ada');
    expect(listed.output).toContain('DB_URL');
    expect(JSON.stringify(await ada.direct())).not.toContain('canary-4f1d9e');
  });

  it('is removed after a yes and a code', async () => {
    const terminal = product.atTerminal('secret', 'remove', product.app, 'production', 'DB_URL', '--as', 'ada');
    await terminal.whenAsked('[y/N] ', `y${ENTER}`);
    await terminal.whenAsked(HIDDEN, (await telephone.code(20_000)) + ENTER);
    expect(await terminal.ended()).toBe(0);
    const listed = await product.shipmate('secret', 'list', product.app, 'production', '--as', 'ada');
    expect(listed.output).not.toContain('DB_URL');
  });
});
