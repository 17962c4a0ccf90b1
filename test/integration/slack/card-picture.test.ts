import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SlackMessenger } from '../../../adapters/slack/messenger.ts';
import { createClient } from '../../../adapters/slack/slack-client.ts';
import { createSlackLogger } from '../../../adapters/slack/slack-logger.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { Message } from '../../../src/chat/message.ts';
import type { StageReport } from '../../../src/domain/deployment.ts';
import type { Stage } from '../../../src/domain/deployment-state.ts';
import type { OutgoingMessage } from '../../../src/ports/messenger.ts';
import { approvalMessage } from '../../../src/views/approval.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { deploymentThread } from '../../../src/views/deployment-thread.ts';
import { APPROVAL_TO_DRAW } from '../../support/approvals/approval-to-draw.ts';
import { launchBrowser } from '../../support/browser.ts';
import { aProgress } from '../../support/builders.ts';
import { silentLogger } from '../../support/postgres.ts';
import { type DrawnMessage, drawPage } from '../../support/slack/draw-page.ts';
import { BOT_TOKEN, CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';
import { NOW, someFacts } from '../../unit/views/facts.ts';

/** Set to a file's name, the picture of the documentation is written there: `docs/images/slack-card.png`. */
const PICTURE = process.env['SLACK_PICTURE'];
/** The same for the card that waits for approval: `docs/images/slack-approval.png`. */
const APPROVAL_PICTURE = process.env['SLACK_APPROVAL_PICTURE'];

let peer: SlackPeer;
let browser: Browser;
beforeAll(async () => {
  peer = await SlackPeer.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await peer.stop();
});

test('the card reads well while it runs and when it is done, drawn from what Slack stored', async () => {
  const client = createClient(BOT_TOKEN, { apiUrl: peer.apiUrl, logger: createSlackLogger(silentLogger) });
  const messenger = new SlackMessenger({ apiUrl: peer.apiUrl, clock: systemClock, workspaces: { client: async () => client } });
  const post = async (id: string, message: Message, threadOf: string | null = null): Promise<string> => {
    const posted = await messenger.post(outgoing(id, message, threadOf));
    if (posted.kind !== 'delivered' || posted.remoteId === null) throw new Error(`not posted: ${JSON.stringify(posted)}`);
    return posted.remoteId;
  };
  const reason = 'checkout fix, *not* for <!channel> :x:';
  const passed = (...stages: readonly Stage[]): StageReport[] =>
    stages.map((stage, index) => ({
      stage,
      state: 'succeeded',
      attempt: 1,
      startedAt: NOW,
      finishedAt: NOW + 400 + index * 900,
      lines: [],
    }));
  const done = someFacts(
    { state: 'succeeded', finishedAt: NOW + 12_400 },
    {
      rollbackTarget: { version: '1.0.0', revision: 3 },
      stages: passed('prepare', 'stage', 'validate', 'promote', 'verify', 'clean_up'),
      progress: [aProgress('web', { phase: 'stable', running: 2, desired: 2 }), aProgress('api', { phase: 'stable', running: 1 })],
    },
  );
  const running = someFacts(
    { id: 'd2', version: '1.2.0', previousVersion: '1.1.0', state: 'running', stage: 'promote', reason },
    {
      stages: passed('prepare', 'stage', 'validate'),
      progress: [aProgress('web', { phase: 'applied', running: 1, desired: 2 }), aProgress('api', { phase: 'healthy', running: 1 })],
      etaAt: NOW + 40_000,
    },
  );
  for (const [id, facts] of [['done', done] as const, ['running', running] as const]) {
    const card = await post(id, deploymentCard(facts));
    for (const { key, message } of deploymentThread(facts)) await post(`${id}:${key}`, message, card);
  }
  expect(peer.problems).toEqual([]);

  const stored = (await peer.messages(CHANNEL)).reverse();
  const drawn: DrawnMessage[] = [];
  for (const { blocks = [], ts } of stored) drawn.push({ blocks, at: '03:00', replies: (await peer.replies(CHANNEL, ts)).length });
  const page = await browser.newPage({ viewport: { width: 680, height: 400 }, deviceScaleFactor: 2 });
  await page.setContent(drawPage(drawn, 'deployments'));
  const seen = await page.textContent('main');
  expect(seen).toContain('Roll back');
  expect(seen, 'as it was written').toContain(reason);
  expect(await page.locator('article').count()).toBe(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'nothing sticks out').toBeLessThanOrEqual(680);
  if (PICTURE !== undefined) await page.locator('main').screenshot({ path: PICTURE });
});

test('the request that an approver gets has everything to decide by, and its buttons', async () => {
  const before = (await peer.messages(CHANNEL)).length;
  const client = createClient(BOT_TOKEN, { apiUrl: peer.apiUrl, logger: createSlackLogger(silentLogger) });
  const messenger = new SlackMessenger({ apiUrl: peer.apiUrl, clock: systemClock, workspaces: { client: async () => client } });
  const posted = await messenger.post(outgoing('approval', approvalMessage(APPROVAL_TO_DRAW), null));
  expect(posted.kind).toBe('delivered');
  expect(peer.problems).toEqual([]);
  const stored = (await peer.messages(CHANNEL)).reverse().slice(before);
  const page = await browser.newPage({ viewport: { width: 680, height: 400 }, deviceScaleFactor: 2 });
  await page.setContent(
    drawPage(
      stored.map(({ blocks = [] }) => ({ blocks, at: '03:00', replies: 0 })),
      'Shipmate',
    ),
  );
  const seen = await page.textContent('main');
  for (const words of ['1 of 2', 'SHOP-214', 'Runs migrate', 'Ada approved (passkey)', 'Approve 1.1.0…', 'Reject…'])
    expect(seen).toContain(words);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'nothing sticks out').toBeLessThanOrEqual(680);
  if (APPROVAL_PICTURE !== undefined) await page.locator('main').screenshot({ path: APPROVAL_PICTURE });
});

function outgoing(id: string, message: Message, threadOf: string | null): OutgoingMessage {
  const content = JSON.parse(JSON.stringify(message));
  return { id, channel: `${TEAM}/${CHANNEL}`, threadOf, onlyFor: null, handle: null, handleSince: null, content };
}
