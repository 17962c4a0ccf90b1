import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiscordMessenger } from '../../../adapters/discord/messenger.ts';
import { createRest } from '../../../adapters/discord/rest.ts';
import type { Message } from '../../../src/chat/message.ts';
import type { Json } from '../../../src/domain/json.ts';
import { approvalMessage } from '../../../src/views/approval.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { deploymentThread } from '../../../src/views/deployment-thread.ts';
import { APPROVAL_TO_DRAW } from '../../support/approvals/approval-to-draw.ts';
import { launchBrowser } from '../../support/browser.ts';
import { aProgress } from '../../support/builders.ts';
import { type Drawn, drawPage } from '../../support/discord/draw-page.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { outgoing, realClock } from '../../support/discord/scenario.ts';
import { NOW, someFacts } from '../../unit/views/facts.ts';

/** Set to a file's name, the picture of the documentation is written there: `docs/images/discord-card.png`. */
const PICTURE = process.env['DISCORD_PICTURE'];
/** The same for the card that waits for approval: `docs/images/discord-approval.png`. */
const APPROVAL_PICTURE = process.env['DISCORD_APPROVAL_PICTURE'];

let peer: DiscordPeer;
let browser: Browser;
beforeAll(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 100 } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await peer.close();
});

describe('the deployment card in a channel', () => {
  it('is readable while it runs and when it is done, from the payloads that were really sent', async () => {
    const messenger = createDiscordMessenger(createRest({ token: peer.state.token, apiUrl: peer.apiUrl, timeoutMs: 5000 }), realClock);
    const reason = 'checkout fix, *not* for @everyone';
    const stages = (['prepare', 'stage', 'validate', 'promote', 'verify', 'clean_up'] as const).map((stage, index) => ({
      stage,
      state: 'succeeded' as const,
      attempt: 1,
      lines: [],
      startedAt: NOW + index * 2000,
      finishedAt: NOW + index * 2000 + 1500,
    }));
    const running = someFacts(
      { id: 'h7c2w9zt41def', version: '1.2.0', previousVersion: '1.1.0', state: 'running', stage: 'promote', reason },
      {
        stages: stages.slice(0, 3),
        progress: [aProgress('web', { phase: 'applied', running: 1, desired: 2 }), aProgress('api', { phase: 'healthy', running: 1 })],
        etaAt: NOW + 40_000,
      },
    );
    const done = someFacts(
      { state: 'succeeded', finishedAt: NOW + 12_400 },
      {
        stages,
        progress: [aProgress('web', { phase: 'stable', running: 2, desired: 2 })],
        rollbackTarget: { version: '1.0.0', revision: 3 },
      },
    );
    const drawn: Drawn[] = [];
    for (const [id, facts] of [
      ['done', done],
      ['running', running],
    ] as const) {
      const posted = await messenger.post(outgoing(peer.channel.id, { id, content: deploymentCard(facts) as unknown as Json }));
      if (posted.kind !== 'delivered' || posted.remoteId === null) throw new Error(`not posted: ${JSON.stringify(posted)}`);
      const details = deploymentThread(facts);
      for (const { key, message } of details) await postInThread(key, message, posted.remoteId);
      const message = peer.channel.messages.at(-1);
      const thread = peer.state.channels.get(message?.id ?? '');
      if (message === undefined || thread === undefined) throw new Error('no card or no thread');
      drawn.push({ message, thread: { name: thread.name, messages: thread.messages.length } });
    }
    expect(peer.problems).toEqual([]);

    const page = await browser.newPage({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    await page.setContent(drawPage(drawn, NOW));
    const seen = await page.textContent('main');
    expect(seen).toContain('Deployed in 12 s. staging runs 1.1.0.');
    expect(seen).toContain(reason);
    expect(await page.locator('button').allTextContents()).toEqual(
      expect.arrayContaining(['Roll back to 1.0.0', 'Cancel, back to 1.1.0', 'View logs', 'View plan']),
    );
    expect(await page.locator('.mention, .link, em').count()).toBe(0);
    const overflows = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(overflows).toBe(false);
    if (PICTURE !== undefined) await page.locator('main').screenshot({ path: PICTURE });

    async function postInThread(key: string, content: Message, threadOf: string): Promise<void> {
      const result = await messenger.post(outgoing(peer.channel.id, { id: key + threadOf, threadOf, content: content as unknown as Json }));
      expect(result.kind).toBe('delivered');
    }
  });
});

describe('the request that an approver gets', () => {
  it('has everything to decide by, and its buttons', async () => {
    const messenger = createDiscordMessenger(createRest({ token: peer.state.token, apiUrl: peer.apiUrl, timeoutMs: 5000 }), realClock);
    const content = approvalMessage(APPROVAL_TO_DRAW) as unknown as Json;
    expect(await messenger.post(outgoing(peer.channel.id, { id: 'approval', content }))).toMatchObject({ kind: 'delivered' });
    expect(peer.problems).toEqual([]);
    const message = peer.channel.messages.at(-1);
    if (message === undefined) throw new Error('no message');
    const page = await browser.newPage({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    await page.setContent(drawPage([{ message, thread: null }], NOW));
    const seen = await page.textContent('main');
    for (const words of ['1 of 2', 'SHOP-214', 'Runs migrate', 'Ada approved (passkey)']) expect(seen).toContain(words);
    expect(await page.locator('button').allTextContents()).toEqual([
      'What was committed',
      'Approve 1.1.0…',
      'Reject…',
      'Ask…',
      'View plan',
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false);
    if (APPROVAL_PICTURE !== undefined) await page.locator('main').screenshot({ path: APPROVAL_PICTURE });
  });
});
