import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GithubPeer, TOKEN } from '../../support/github/github-peer.ts';
import { Product, VERSIONS } from '../main-job/product.ts';
import type { Standing } from './talker.ts';
import { WebTalker } from './web-talker.ts';

/** What was committed, from GitHub's API to the card: the server is the real one, the app's definition stands in a Git work tree. */
let github: GithubPeer;
let folder: string;
let product: Product;
let ada: WebTalker;
let grace: WebTalker;

beforeAll(async () => {
  github = await GithubPeer.start({ isPrivate: true });
  folder = await mkdtemp(join(tmpdir(), 'shipmate-commits-'));
  await promisify(execFile)('git', ['init', '--quiet', folder]);
  await copyFile(join(import.meta.dirname, 'one-service.yaml'), join(folder, 'compose.yaml'));
  product = await Product.open({ environment: { GITHUB_API_URL: github.apiUrl, GITHUB_TOKEN: TOKEN }, workspace });
  [ada, grace] = await Promise.all([WebTalker.open(product.url, 'ada'), WebTalker.open(product.url, 'grace')]);
});
afterAll(async () => {
  await product?.close();
  await github?.close();
  await rm(folder, { recursive: true, force: true });
});

function workspace(app: string): object {
  const compose = join(folder, 'compose.yaml');
  return {
    workspace: 'Harbour',
    development: true,
    people: { ada: { name: 'Ada' }, grace: { name: 'Grace' } },
    environments: { production: { protected: true, second_factor: false } },
    channels: { deploys: null },
    apps: { [app]: { compose, repository: github.repository, environments: { production: null }, roles: { owner: ['ada', 'grace'] } } },
  };
}

/** The work tree is at this commit now; nobody looks for the commit itself. */
const checkOut = (commit: string) => writeFile(join(folder, '.git', 'HEAD'), `${commit}\n`);

async function reads(look: () => Promise<readonly Standing[]>, title: string, ...words: readonly string[]): Promise<string> {
  return vi.waitFor(
    async () => {
      const found = (await look()).findLast(({ text }) => text.includes(title));
      for (const word of words) expect(found?.text).toContain(word);
      return found?.text ?? '';
    },
    { timeout: 60_000, interval: 100 },
  );
}

it('stands on the card and on the approver’s own copy, soon after approval was asked for', async () => {
  const root = await github.commit({ message: 'the beginning' });
  const line = await github.line([{ message: 'Sell pears\n\nThey are good.', author: 'Grace' }, { message: '<!channel> @everyone' }], root);
  await checkOut(root);
  await grace.say(`/deploy ${product.app} production ${VERSIONS.first}`);
  const first = product.title(VERSIONS.first, 'production');
  await reads(() => ada.direct(), first, 'Waiting for approval');
  const [waiting] = (await ada.direct()).filter(({ text }) => text.includes(first));
  if (waiting === undefined) throw new Error('nobody was asked');
  const form = await ada.open(waiting, `Approve ${VERSIONS.first}…`);
  await form?.send({});
  await reads(() => ada.cards(), first, `production runs ${VERSIONS.first}`);

  await checkOut(line[1] ?? '');
  await grace.say(`/deploy ${product.app} production ${VERSIONS.second}`);
  const second = product.title(VERSIONS.second, 'production');
  const listed = [`2 by Ada and Grace`, `${line[1]?.slice(0, 7)} <!channel> @everyone · Ada`, `${line[0]?.slice(0, 7)} Sell pears · Grace`];
  for (const look of [() => ada.cards(), () => ada.direct()]) expect(await reads(look, second, ...listed)).not.toContain('They are good');
});
