import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const run = promisify(execFile);

/** Debian's Chromium without a window; installed first when it is missing and we may. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) await installChromium();
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

async function installChromium(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`no ${CHROMIUM}: install it with "apt-get install -y --no-install-recommends chromium"`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-core'], options);
}

/**
 * A page as one person's browser has it. The page and its modules come through this process: on a machine where other tests add and remove
 * network interfaces, Chromium aborts loads in flight (ERR_NETWORK_CHANGED). The API and the live stream stay Chromium's own.
 */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  await context.route(isPageOrModule, async (route) => route.fulfill({ response: await route.fetch() }));
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

function isPageOrModule(address: URL): boolean {
  return !address.pathname.startsWith('/api/');
}
