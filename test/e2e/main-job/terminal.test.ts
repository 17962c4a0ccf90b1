import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { Product, VERSIONS } from './product.ts';
import { Someone } from './someone.ts';

const { first, broken } = VERSIONS;
const ASSETS = fileURLToPath(new URL('../../../adapters/web/client-assets.ts', import.meta.url));

let browser: Browser;
let product: Product;
let grace: Someone;

beforeAll(async () => {
  [browser, product] = await Promise.all([launchBrowser(), Product.open()]);
  grace = await Someone.join(browser, product, 'Grace');
});
afterAll(async () => {
  await grace?.leave();
  await product?.close();
  await browser?.close();
});

describe('the terminal beside the browser', () => {
  it('follows a deployment to its end with status 0, and its card is the one in the browser', async () => {
    const ended = await product.shipmate('deploy', product.app, 'staging', first, '--as', 'ada');
    expect(ended).toMatchObject({ status: 0, complaints: '' });
    expect(ended.output).toContain(`Deployed`);
    const card = grace.card(product.title(first));
    await card.reads(`staging runs ${first}.`);
    const [deployment] = await product.deployments();
    expect(await card.message.textContent()).toContain(deployment?.id.slice(0, 8));
    expect(ended.output).toContain(deployment?.id.slice(0, 8));
  });

  it('ends with status 1 when the deployment was taken back, and says why', async () => {
    const ended = await product.shipmate('deploy', product.app, 'staging', broken, '--as', 'ada');
    expect(ended).toMatchObject({ status: 1, complaints: '' });
    expect(ended.output).toContain(`${broken} failed and was taken back`);
    expect(ended.output).toContain('boom: this version cannot start');
    await grace.card(product.title(broken)).reads(`staging runs ${first} again.`);
  });

  it('ends with status 1 for a refusal and 0 for an answer', async () => {
    const [refused, answered] = await Promise.all([
      product.shipmate('deploy', product.app, 'staging', first, '--as', 'linus'),
      product.shipmate('status', product.app, 'staging', '--as', 'linus'),
    ]);
    expect(refused.output).toContain('You may not deploy');
    expect(answered.output).toContain(`staging runs ${first}`);
    expect([refused.status, answered.status]).toEqual([1, 0]);
  });
});

it('a server’s standard error has nothing of Node’s own about how the browser’s part is made', async () => {
  const script = `const { loadClientAssets } = await import(${JSON.stringify(ASSETS)}); await loadClientAssets();`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stderr).toBe('');
});
