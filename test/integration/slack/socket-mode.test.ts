import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeIntake } from '../../support/slack/fake-intake.ts';
import { click, command, mention } from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';
import { APP_TOKEN, SlackPeer } from '../../support/slack/slack-peer.ts';

let peer: SlackPeer;
let served: ServedSlack;
let intake: FakeIntake;
const unhandled = vi.fn();

beforeEach(async () => {
  process.on('unhandledRejection', unhandled);
  peer = await SlackPeer.start();
  intake = new FakeIntake();
  served = await serve();
  await served.slack.start();
});
afterEach(async () => {
  await served.close();
  await peer.stop();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  expect(peer.problems).toEqual([]);
});

function serve(): Promise<ServedSlack> {
  return serveSlack({ apiUrl: peer.apiUrl, transport: { kind: 'socket', appToken: APP_TOKEN, pingTimeoutMs: 600 } }, intake);
}

const isReady = (ready: boolean) => expect.poll(() => served.slack.isConnected(), { timeout: 15_000 }).toBe(ready);
const connected = () => expect.poll(() => peer.sockets.connections, { timeout: 15_000 }).toBe(1);
const acknowledged = (envelope: string) => expect.poll(() => peer.sockets.acknowledged.has(envelope), { timeout: 5000 }).toBe(true);

test('commands, events and clicks come in and are acknowledged', async () => {
  const envelopes = [
    peer.sockets.send({ type: 'slash_commands', payload: command('/deploy shop staging') }),
    peer.sockets.send({ type: 'events_api', payload: mention('<@U0SHIPMATE> status') }),
    peer.sockets.send({ type: 'interactive', payload: click('roll-back:d1') }),
  ];
  for (const envelope of envelopes) await acknowledged(envelope);
  expect(intake.kept.map(({ what }) => (what.kind === 'command' ? what.text : what.action)).sort()).toEqual([
    '/deploy shop staging',
    'roll-back:d1',
    'status',
  ]);
});

test('there is no address to send requests to', async () => {
  expect((await fetch(`${served.url}/slack/events`, { method: 'POST' })).status).toBe(404);
});

test('what arrives twice has one effect and two acknowledgements', async () => {
  const event = mention('<@U0SHIPMATE> deploy shop staging');
  const first = peer.sockets.send({ type: 'events_api', payload: event });
  await acknowledged(first);
  const again = peer.sockets.send({ type: 'events_api', payload: event }, { retry: 1 });
  await acknowledged(again);
  const typed = command('/deploy shop staging');
  for (let copy = 0; copy < 50; copy++) peer.sockets.send({ type: 'slash_commands', payload: typed }, { envelopeId: 'the-same' });
  await expect.poll(() => intake.asked).toBe(52);
  expect(intake.kept).toHaveLength(2);
});

test('what could not be kept is not acknowledged, and taken when it comes again', async () => {
  intake.unavailable = 'later';
  const event = mention('<@U0SHIPMATE> deploy shop staging');
  const first = peer.sockets.send({ type: 'events_api', payload: event });
  await expect.poll(() => intake.asked).toBe(1);
  await acknowledged(peer.sockets.send({ type: 'slash_commands', payload: command('/help') }));
  expect(peer.sockets.acknowledged.has(first)).toBe(false);
  intake.unavailable = null;
  await acknowledged(peer.sockets.send({ type: 'events_api', payload: event }, { retry: 1 }));
  expect(intake.kept).toHaveLength(1);
});

test('when it cannot be kept, the person who typed the command is told in the acknowledgement', async () => {
  intake.unavailable = 'Shipmate cannot reach its database.';
  const envelope = peer.sockets.send({ type: 'slash_commands', payload: command('/deploy shop staging') });
  await acknowledged(envelope);
  expect(peer.sockets.acknowledged.get(envelope)).toEqual({ response_type: 'ephemeral', text: 'Shipmate cannot reach its database.' });
});

test.each<[string, () => void]>([
  ['Slack asks to reconnect', () => peer.sockets.refresh()],
  ['the connection is cut', () => peer.sockets.cut()],
  ['the other side goes silent', () => peer.sockets.halfOpen()],
])('when %s it connects anew and works on', async (_, happens) => {
  const opened = peer.sockets.opened;
  happens();
  await expect.poll(() => peer.sockets.opened, { timeout: 15_000 }).toBeGreaterThan(opened);
  await connected();
  await acknowledged(peer.sockets.send({ type: 'slash_commands', payload: command('/status') }));
});

test('when Slack cannot be reached while it reconnects, it goes on trying', async () => {
  peer.fault = (call) => (call.method === 'apps.connections.open' ? { kind: 'status', status: 503 } : null);
  peer.sockets.cut();
  await expect.poll(() => peer.callsOf('apps.connections.open').length, { timeout: 15_000 }).toBeGreaterThan(2);
  await isReady(false);
  peer.fault = () => null;
  await connected();
  await isReady(true);
  await acknowledged(peer.sockets.send({ type: 'slash_commands', payload: command('/status') }));
});

test('without Slack the start succeeds, and the connection comes later', async () => {
  await served.close();
  peer.fault = (call) => (call.method === 'apps.connections.open' ? { kind: 'reset' } : null);
  served = await serve();
  await served.slack.start();
  expect(peer.sockets.connections).toBe(0);
  peer.fault = () => null;
  await connected();
});

test('after the stop nothing is connected, and nothing connects again', async () => {
  await served.slack.stop();
  await expect.poll(() => peer.sockets.connections).toBe(0);
  const opened = peer.sockets.opened;
  await new Promise((resolve) => setImmediate(resolve));
  expect(peer.sockets.opened).toBe(opened);
});
