import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { Reply } from '../../../src/chat/command.ts';
import { type StartedIntake, startIntake } from '../../../src/chat-core/intake/start-intake.ts';
import { countingCore } from '../../support/delivery/counting-core.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../../support/delivery/delivery-lab.ts';
import { MESSAGE_SEALER, silentLogger } from '../../support/postgres.ts';
import { type RestartablePostgres, startRestartablePostgres } from '../../support/postgres-server.ts';
import { command, event, mention, PERSON, send, signedEvent, signedForm } from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';

/** Slack shows a failure after this: https://docs.slack.dev/interactivity/implementing-slash-commands#responding_to_commands. */
const SLACK_WAITS_MS = 3000;
const REPLY: Reply = { kind: 'message', visibility: 'public', message: { summary: 'done', tone: 'success', elements: [] } };

let server: RestartablePostgres;
let database: PostgresDatabase;
let intake: StartedIntake;
let slack: ServedSlack;
let effects: number;
/** What each command waits for, as for an engine that does not answer. */
let engine: Promise<void>;

beforeAll(async () => {
  server = await startRestartablePostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  effects = 0;
  engine = Promise.resolve();
  database = new PostgresDatabase({ connectionString: server.url, logger: silentLogger, sealer: MESSAGE_SEALER });
  await database.migrate();
  const effect = async () => {
    await engine;
    effects += 1;
    return REPLY;
  };
  intake = startIntake({
    core: countingCore(database, effect),
    commands: [],
    actions: [],
    database,
    sealer: turningSealer,
    clock: systemClock,
    logger: silentLogger,
    metrics: NO_DELIVERY_METRICS,
    findPerson: async (_platform, { id, name }) => ({ id, name }),
  });
  slack = await serveSlack({ intake: intake.intake });
});
afterEach(async () => {
  await slack.close();
  await intake.stop();
  await database.close();
});

async function acknowledgement(): Promise<{ tookMs: number; body: unknown; status: number }> {
  const startedAt = performance.now();
  const { status, body } = await send(slack, signedForm(command('/deploy shop staging')));
  return { tookMs: performance.now() - startedAt, status, body };
}

test('a command is acknowledged in time while Postgres is stopped for two seconds, and done when it is back', async () => {
  await server.down();
  const asked = acknowledgement();
  await sleep(2000);
  await server.up();
  const { tookMs, status, body } = await asked;
  expect(tookMs).toBeLessThan(SLACK_WAITS_MS);
  expect(status).toBe(200);
  // Kept when the server came back in time, otherwise the person is told that nothing was started: never silence, never both.
  if (body === '') await expect.poll(() => effects, { timeout: 15_000 }).toBe(1);
  else expect(JSON.stringify(body)).toContain('nothing was started');
});

test('a command during a longer absence is refused in time, and nothing comes of it later', async () => {
  await server.down();
  const { tookMs, body } = await acknowledgement();
  expect(tookMs).toBeLessThan(SLACK_WAITS_MS);
  expect(JSON.stringify(body)).toContain('nothing was started');
  await server.up();
  const after = await acknowledgement();
  expect(after.body).toBe('');
  await expect.poll(() => effects, { timeout: 15_000 }).toBe(1);
});

test.each([
  ['a mention', mention('<@U0SHIPMATE> deploy shop staging')],
  ['a direct message', event({ type: 'message', channel_type: 'im', user: PERSON, text: 'deploy shop staging', ts: '1.1', channel: 'D1' })],
])('%s is left to Slack while Postgres is stopped, and done once when Slack brings it again', async (_, body) => {
  await server.down();
  expect((await send(slack, signedEvent(body))).status).toBe(503);
  await server.up();
  // Whatever else is to be stored about it is stored before Slack comes again, as after the minute that Slack waits.
  await expect.poll(() => acknowledgement(), { timeout: 15_000 }).toMatchObject({ body: '' });
  await sleep(1000);
  for (const num of [1, 2]) expect((await send(slack, signedEvent(body, { num, reason: 'http_error' }))).status).toBe(200);
  // The command that showed that the server is back, and the event.
  await expect.poll(() => effects, { timeout: 15_000 }).toBe(2);
  await sleep(1000);
  expect(effects).toBe(2);
});

test('a command is refused in time when neither Postgres nor Slack itself answers', async () => {
  const silence = createServer().listen(0, '127.0.0.1');
  await once(silence, 'listening');
  const port = (silence.address() as AddressInfo).port;
  const alone = await serveSlack({ intake: intake.intake, apiUrl: `http://127.0.0.1:${port}/api/`, timeoutMs: 10_000 });
  await server.down();
  try {
    const startedAt = performance.now();
    const { body } = await send(alone, signedForm(command('/deploy shop staging')));
    expect(performance.now() - startedAt).toBeLessThan(SLACK_WAITS_MS);
    expect(JSON.stringify(body)).toContain('nothing was started');
  } finally {
    await server.up();
    silence.closeAllConnections();
    silence.close();
    await alone.close();
  }
});

test('a hundred commands are acknowledged at once while the engine hangs, and each is done when it answers', async () => {
  let answers = (): void => undefined;
  engine = new Promise((resolve) => {
    answers = resolve;
  });
  const all = await Promise.all(Array.from({ length: 100 }, acknowledgement));
  expect(Math.max(...all.map(({ tookMs }) => tookMs))).toBeLessThan(SLACK_WAITS_MS);
  expect(all.every(({ status, body }) => status === 200 && body === '')).toBe(true);
  expect(effects).toBe(0);
  answers();
  await expect.poll(() => effects, { timeout: 15_000 }).toBe(100);
});
