import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SlackMessenger } from '../../../adapters/slack/messenger.ts';
import { createClient } from '../../../adapters/slack/slack-client.ts';
import { createSlackLogger } from '../../../adapters/slack/slack-logger.ts';
import type { Message } from '../../../src/chat/message.ts';
import type { DeliveryResult, OutgoingMessage } from '../../../src/ports/messenger.ts';
import { silentLogger } from '../../support/postgres.ts';
import { SLACK_BUDGETS } from '../../support/slack/budgets.ts';
import type { Fault } from '../../support/slack/faults.ts';
import { ADMIN, BOT_TOKEN, CHANNEL, OTHER_CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';

let peer: SlackPeer;
let messenger: SlackMessenger;
let now = Date.now();

beforeAll(async () => {
  peer = await SlackPeer.start();
});
afterAll(() => peer.stop());

beforeEach(() => {
  messenger = messengerFor(peer.apiUrl);
  now = Date.now();
});
afterEach(() => {
  peer.fault = () => null;
  expect(peer.problems).toEqual([]);
  expect(peer.responses.problems).toEqual([]);
});

function messengerFor(apiUrl: string, token: string | null = BOT_TOKEN): SlackMessenger {
  const client = token === null ? null : createClient(token, { apiUrl, logger: createSlackLogger(silentLogger), timeoutMs: 300 });
  return new SlackMessenger({
    apiUrl,
    clock: { now: () => now, sleep: async () => {} },
    workspaces: { client: async (team) => (team === TEAM ? client : null) },
  });
}

let sequence = 0;
function outgoing(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const content: Message = { summary: 'Deploying shop', tone: 'progress', elements: [{ type: 'header', text: 'shop 1.2.3' }] };
  return {
    id: `message-${++sequence}`,
    channel: `${TEAM}/${CHANNEL}`,
    threadOf: null,
    onlyFor: null,
    handle: null,
    handleSince: null,
    content: JSON.parse(JSON.stringify(content)),
    ...changes,
  };
}

function remoteIdOf(result: DeliveryResult): string {
  if (result.kind !== 'delivered' || result.remoteId === null) throw new Error(`not delivered: ${JSON.stringify(result)}`);
  return result.remoteId;
}

describe('a message', () => {
  test('is posted, edited in place and found again by our id', async () => {
    const message = outgoing();
    const remoteId = remoteIdOf(await messenger.post(message));
    expect(await messenger.edit(remoteId, { ...message, content: { summary: 'Done', tone: 'success', elements: [] } })).toEqual({
      kind: 'delivered',
      remoteId,
    });
    expect((await peer.messages(CHANNEL))[0]).toMatchObject({ text: '✅ Done' });
    expect(await messenger.find(message)).toEqual({ kind: 'found', remoteId });
    expect(await messenger.find(outgoing())).toEqual({ kind: 'absent' });
  });

  test('is a reply in the thread of the message it belongs to, and found there', async () => {
    const root = remoteIdOf(await messenger.post(outgoing()));
    const reply = outgoing({ threadOf: root });
    const remoteId = remoteIdOf(await messenger.post(reply));
    const [, ts = ''] = root.split('/');
    expect(await peer.replies(CHANNEL, ts)).toMatchObject([{ thread_ts: ts, metadata: { event_payload: { id: reply.id } } }]);
    expect(await messenger.find(reply)).toEqual({ kind: 'found', remoteId });
    // Not in the channel itself: it was asked for in a thread.
    expect((await peer.messages(CHANNEL))[0]).not.toMatchObject({ metadata: { event_payload: { id: reply.id } } });
  });

  test('asked for in a thread stands there, and so do its own replies: threads do not nest', async () => {
    const [, thread = ''] = remoteIdOf(await messenger.post(outgoing())).split('/');
    const card = remoteIdOf(await messenger.post(outgoing({ handle: { responseUrl: null, threadTs: thread }, handleSince: now })));
    const detail = outgoing({ threadOf: card });
    await messenger.post(detail);
    expect(await peer.replies(CHANNEL, thread)).toHaveLength(2);
    expect(await messenger.find(detail)).toMatchObject({ kind: 'found' });
    expect(await messenger.edit(card, outgoing())).toEqual({ kind: 'delivered', remoteId: card });
  });

  test('is refused rather than shown to everyone when its thread is not known', async () => {
    const before = peer.callsOf('chat.postMessage').length;
    expect(await messenger.post(outgoing({ threadOf: 'nonsense' }))).toMatchObject({ kind: 'refused' });
    expect(peer.callsOf('chat.postMessage')).toHaveLength(before);
  });

  test('to a person is a direct message, edited and found in the conversation that Slack opened', async () => {
    const message = outgoing({ channel: `${TEAM}/${ADMIN}` });
    const remoteId = remoteIdOf(await messenger.post(message));
    expect(remoteId).toMatch(/^D/);
    expect(await messenger.edit(remoteId, message)).toEqual({ kind: 'delivered', remoteId });
    expect(await messenger.find(message)).toEqual({ kind: 'found', remoteId });
  });

  test('is found behind a few hundred others', async () => {
    const message = outgoing({ channel: `${TEAM}/${OTHER_CHANNEL}` });
    const remoteId = remoteIdOf(await messenger.post(message));
    for (let index = 0; index < 230; index++) await messenger.post(outgoing({ channel: `${TEAM}/${OTHER_CHANNEL}` }));
    expect(await messenger.find(message)).toEqual({ kind: 'found', remoteId });
  });
});

describe('an answer for one person', () => {
  const onlyFor = `${TEAM}/${ADMIN}`;

  test('goes where its delivery can be answered', async () => {
    const handle = { responseUrl: peer.responses.issue(), threadTs: null };
    expect(await messenger.post(outgoing({ onlyFor, handle, handleSince: now }))).toEqual({ kind: 'delivered', remoteId: null });
    expect(peer.responses.answers.at(-1)?.body).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: '⏳ Deploying shop',
    });
  });

  test.each([
    ['there was no delivery', () => ({})],
    ['it is too old', () => ({ handle: { responseUrl: peer.responses.issue(), threadTs: null }, handleSince: now - 30 * 60_000 })],
    ['Slack says that it is over', () => ({ handle: { responseUrl: peer.responses.issue(0), threadTs: null }, handleSince: now })],
    [
      'the address is not Slack’s',
      () => ({ handle: { responseUrl: 'http://169.254.169.254/latest/meta-data', threadTs: null }, handleSince: now }),
    ],
  ])('is an ephemeral message of the bot when %s', async (_, handle) => {
    const answers = peer.responses.answers.length;
    expect(await messenger.post(outgoing({ onlyFor, ...handle() }))).toEqual({ kind: 'delivered', remoteId: null });
    expect(peer.callsOf('chat.postEphemeral').at(-1)?.body).toMatchObject({ channel: CHANNEL, user: ADMIN });
    expect(peer.responses.answers).toHaveLength(answers);
  });

  test('is an ephemeral message once the address was used five times', async () => {
    const handle = { responseUrl: peer.responses.issue(), threadTs: null };
    const before = peer.callsOf('chat.postEphemeral').length;
    for (let use = 0; use < 6; use++)
      expect(await messenger.post(outgoing({ onlyFor, handle, handleSince: now }))).toMatchObject({ kind: 'delivered' });
    expect(peer.callsOf('chat.postEphemeral')).toHaveLength(before + 1);
  });

  test('stays in the thread that it was asked in', async () => {
    await messenger.post(outgoing({ onlyFor, handle: { responseUrl: null, threadTs: '1700000000.000100' }, handleSince: now }));
    expect(peer.callsOf('chat.postEphemeral').at(-1)?.body).toMatchObject({ thread_ts: '1700000000.000100' });
  });

  test.each<[string, Fault, DeliveryResult['kind']]>([
    ['429', { kind: 'rate_limited', retryAfter: '7' }, 'rate_limited'],
    ['5xx', { kind: 'status', status: 503 }, 'unknown'],
    ['no answer', { kind: 'reset', after: true }, 'unknown'],
  ])('with %s at the response URL is not posted a second time elsewhere', async (_, fault, kind) => {
    peer.failNext('response_url', fault);
    const before = peer.callsOf('chat.postEphemeral').length;
    const handle = { responseUrl: peer.responses.issue(), threadTs: null };
    expect(await messenger.post(outgoing({ onlyFor, handle, handleSince: now }))).toMatchObject({ kind });
    expect(peer.callsOf('chat.postEphemeral')).toHaveLength(before);
  });
});

describe('what Slack answers', () => {
  const table: [answer: string, fault: Fault, post: object, edit: object][] = [
    [
      '429 with Retry-After',
      { kind: 'rate_limited', retryAfter: '12' },
      { kind: 'rate_limited', retryAfterMs: 12_000, scope: 'channel' },
      { kind: 'rate_limited', retryAfterMs: 12_000, scope: 'workspace' },
    ],
    ['429 without', { kind: 'rate_limited', retryAfter: null }, { kind: 'rate_limited', retryAfterMs: 30_000 }, { kind: 'rate_limited' }],
    [
      '429 with nonsense',
      { kind: 'rate_limited', retryAfter: 'soon' },
      { kind: 'rate_limited', retryAfterMs: 30_000 },
      { kind: 'rate_limited' },
    ],
    ['500', { kind: 'status', status: 500 }, { kind: 'unknown' }, { kind: 'unknown' }],
    ['503 of a proxy', { kind: 'status', status: 503, after: true }, { kind: 'unknown' }, { kind: 'unknown' }],
    ['nothing in time', { kind: 'silence', after: true }, { kind: 'unknown', reason: 'no answer in time' }, { kind: 'unknown' }],
    ['a cut connection', { kind: 'reset', after: true }, { kind: 'unknown' }, { kind: 'unknown' }],
    ['a page that is no answer', { kind: 'text', text: '<html>login</html>' }, { kind: 'unknown' }, { kind: 'unknown' }],
    ['an internal error', code('internal_error'), { kind: 'unknown' }, { kind: 'unknown' }],
    ['a fatal error', code('fatal_error'), { kind: 'unknown' }, { kind: 'unknown' }],
    ['that it is down', code('service_unavailable'), { kind: 'unavailable' }, { kind: 'unavailable' }],
    ['that the request was cut', code('request_timeout'), { kind: 'unavailable' }, { kind: 'unavailable' }],
    ['ratelimited in the body', code('ratelimited'), { kind: 'rate_limited' }, { kind: 'rate_limited' }],
    ['a deleted message', code('message_not_found'), { kind: 'gone' }, { kind: 'gone' }],
    ['a closed edit window', code('edit_window_closed'), { kind: 'not_editable' }, { kind: 'not_editable' }],
    ['that it is not ours to edit', code('cant_update_message'), { kind: 'not_editable' }, { kind: 'not_editable' }],
    ...['channel_not_found', 'is_archived', 'not_in_channel', 'account_inactive', 'token_revoked'].map(
      (name): [string, Fault, object, object] => [
        name,
        code(name),
        { kind: 'refused', reason: name, channelIsGone: true },
        { kind: 'refused', reason: name, channelIsGone: true },
      ],
    ),
    ...['msg_too_long', 'invalid_blocks', 'msg_blocks_too_long', 'missing_scope', 'user_not_in_channel', 'restricted_action'].map(
      (name): [string, Fault, object, object] => [
        name,
        code(name),
        { kind: 'refused', reason: name, channelIsGone: false },
        { kind: 'refused', reason: name, channelIsGone: false },
      ],
    ),
    ...['invalid_auth', 'not_authed', 'token_expired'].map((name): [string, Fault, object, object] => [
      `${name}, a mistake in the settings`,
      code(name),
      { kind: 'unavailable', reason: name },
      { kind: 'unavailable', reason: name },
    ]),
  ];

  test.each(table)('%s', async (_, fault, post, edit) => {
    const message = outgoing();
    const remoteId = remoteIdOf(await messenger.post(message));
    peer.failNext('chat.postMessage', fault);
    peer.failNext('chat.update', fault);
    const calls = peer.calls.length;
    expect(await messenger.post(outgoing())).toMatchObject(post);
    expect(await messenger.edit(remoteId, message)).toMatchObject(edit);
    expect(peer.calls.length - calls, 'one attempt each').toBe(2);
  });

  test.each([
    ['nobody listens', 'http://127.0.0.1:47/api/'],
    ['there is no such host', 'http://slack.invalid/api/'],
  ])('%s: certainly not applied', async (_, apiUrl) => {
    const lost = messengerFor(apiUrl);
    expect(await lost.post(outgoing())).toMatchObject({ kind: 'unavailable' });
    expect(await lost.edit(`${CHANNEL}/1.1`, outgoing())).toMatchObject({ kind: 'unavailable' });
    expect(await lost.find(outgoing())).toMatchObject({ kind: 'unavailable' });
  });

  test('a card deleted by hand is gone', async () => {
    const message = outgoing();
    const remoteId = remoteIdOf(await messenger.post(message));
    await peer.deleteMessage(CHANNEL, remoteId.split('/')[1] ?? '');
    expect(await messenger.edit(remoteId, message)).toEqual({ kind: 'gone' });
  });

  test('an archived channel takes nothing more', async () => {
    await peer.archive(OTHER_CHANNEL);
    expect(await messenger.post(outgoing({ channel: `${TEAM}/${OTHER_CHANNEL}` }))).toEqual({
      kind: 'refused',
      reason: 'is_archived',
      channelIsGone: true,
    });
    await peer.unarchive(OTHER_CHANNEL);
  });

  test('a workspace without Shipmate takes nothing, and what is no address is none', async () => {
    expect(await messenger.post(outgoing({ channel: 'T999/C1' }))).toMatchObject({ kind: 'refused', channelIsGone: true });
    expect(await messenger.post(outgoing({ channel: 'general' }))).toMatchObject({ kind: 'refused', channelIsGone: true });
    expect(await messenger.post(outgoing({ content: { nonsense: true } }))).toMatchObject({ kind: 'refused', channelIsGone: false });
  });

  test('a look-up that fails knows nothing', async () => {
    peer.failNext(
      'conversations.history',
      { kind: 'rate_limited', retryAfter: '3' },
      { kind: 'status', status: 500 },
      code('missing_scope'),
    );
    expect(await messenger.find(outgoing())).toEqual({ kind: 'unavailable', reason: 'ratelimited', retryAfterMs: 3000 });
    expect(await messenger.find(outgoing())).toMatchObject({ kind: 'unavailable' });
    expect(await messenger.find(outgoing())).toEqual({ kind: 'unavailable', reason: 'missing_scope', retryAfterMs: null });
  });

  test('the peer keeps Slack’s limits', async () => {
    const strict = await SlackPeer.start({ budgets: SLACK_BUDGETS });
    const posting = messengerFor(strict.apiUrl);
    const results = [];
    for (let index = 0; index < 5; index++) results.push((await posting.post(outgoing())).kind);
    expect(results).toEqual(['delivered', 'delivered', 'delivered', 'rate_limited', 'rate_limited']);
    await strict.stop();
  });
});

test('the budget names the workspace of a channel', () => {
  expect(messenger.capabilities.budget).toMatchObject({ perChannelMs: 1000, editsPerMinute: 50 });
  expect(messenger.capabilities.budget.workspaceOf('T1/C2')).toBe('T1');
});

function code(name: string): Fault {
  return { kind: 'code', code: name };
}
