import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSignatureCheck } from '../../../adapters/slack/signature.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { command, event, mention, type SignedRequest, send, sign, signedEvent, signedForm } from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';

let served: ServedSlack;
beforeAll(async () => {
  served = await serveSlack();
});
afterAll(() => served.close());
beforeEach(() => {
  served.intake.kept.length = 0;
  served.intake.asked = 0;
});

const FORM = 'application/x-www-form-urlencoded';
const MINUTES = 60_000;

describe('a request that Slack did not sign, just so and just now, runs nothing', () => {
  const good = () => signedForm(command('/deploy shop staging'));
  const withHeaders = (good: SignedRequest, headers: Record<string, string | string[]>) => ({
    ...good,
    headers: { ...good.headers, ...headers },
  });
  const without = (good: SignedRequest, name: string) => ({
    ...good,
    headers: Object.fromEntries(Object.entries(good.headers).filter(([key]) => key !== name)),
  });
  const signatureOf = (good: SignedRequest) => String(good.headers['x-slack-signature']);

  const table: [name: string, spoil: (good: SignedRequest) => SignedRequest][] = [
    ['unsigned', (good) => ({ body: good.body, headers: { 'content-type': FORM } })],
    ['without its timestamp', (good) => without(good, 'x-slack-request-timestamp')],
    ['without its signature', (good) => without(good, 'x-slack-signature')],
    ['with another secret', () => signedForm(command('/deploy shop staging'), { secret: 'guessed' })],
    ['with an empty secret', () => signedForm(command('/deploy shop staging'), { secret: '' })],
    ['with a body changed by one letter', (good) => ({ ...good, body: good.body.replace('staging', 'stagine') })],
    ['with something appended', (good) => ({ ...good, body: `${good.body}&text=production` })],
    ['with an empty body', (good) => ({ ...good, body: '' })],
    ['five minutes old', () => signedForm(command('/deploy'), { at: Date.now() - 5 * MINUTES - 2000 })],
    ['from five minutes ahead', () => signedForm(command('/deploy'), { at: Date.now() + 5 * MINUTES + 2000 })],
    [
      'with another timestamp than the signed one',
      (good) => withHeaders(good, { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000) - 30) }),
    ],
    ['with a timestamp that is no number', (good) => withHeaders(good, { 'x-slack-request-timestamp': 'now' })],
    ['with a negative timestamp', (good) => withHeaders(good, { 'x-slack-request-timestamp': '-1' })],
    [
      'with a timestamp in hexadecimal',
      (good) => withHeaders(good, { 'x-slack-request-timestamp': `0x${Math.floor(Date.now() / 1000).toString(16)}` }),
    ],
    ['with two signatures', (good) => withHeaders(good, { 'x-slack-signature': [signatureOf(good), 'v0=00'] })],
    [
      'with two timestamps',
      (good) => withHeaders(good, { 'x-slack-request-timestamp': [String(good.headers['x-slack-request-timestamp']), '1'] }),
    ],
    ['with the same signature twice', (good) => withHeaders(good, { 'x-slack-signature': [signatureOf(good), signatureOf(good)] })],
    ['of another version', (good) => withHeaders(good, { 'x-slack-signature': signatureOf(good).replace('v0', 'v1') })],
    ['with a short signature', (good) => withHeaders(good, { 'x-slack-signature': 'v0=abcd' })],
    ['with an empty signature', (good) => withHeaders(good, { 'x-slack-signature': '' })],
    ['as an event', () => ({ body: JSON.stringify(mention('<@U0SHIPMATE> help')), headers: { 'content-type': 'application/json' } })],
    [
      'asking for the challenge',
      () => ({ body: JSON.stringify({ type: 'url_verification', challenge: 'x' }), headers: { 'content-type': 'application/json' } }),
    ],
    [
      'as a certificate check with more in it',
      () => ({ body: `ssl_check=1&command=%2Fdeploy&x=${'y'.repeat(3000)}`, headers: { 'content-type': FORM } }),
    ],
  ];

  test.each(table)('%s', async (_, spoil) => {
    const { status, body } = await send(served, spoil(good()));
    expect({ status, body, asked: served.intake.asked }).toEqual({ status: 401, body: '', asked: 0 });
  });

  test('the same request signed rightly runs', async () => {
    expect(await send(served, good())).toEqual({ status: 200, body: '' });
    expect(served.intake.kept).toMatchObject([{ what: { kind: 'command', text: '/deploy shop staging' } }]);
  });

  test('with an empty secret of ours nothing even starts', () => {
    for (const secret of ['', '  ']) expect(() => createSignatureCheck(secret, systemClock)).toThrow('empty');
  });

  test('a body that is too long is refused before anything is computed over it', async () => {
    const { status } = await send(served, signedForm(command('/deploy', { text: 'x'.repeat(1024 * 1024) })));
    expect({ status, asked: served.intake.asked }).toEqual({ status: 413, asked: 0 });
  });

  test('a click’s body may be longer than the server’s other bodies', async () => {
    expect((await send(served, signedForm(command('/deploy', { text: 'x'.repeat(200_000) })))).status).toBe(200);
  });
});

describe('what Slack asks of the address itself', () => {
  test('its certificate check is answered and runs nothing, signed or not', async () => {
    for (const request of [sign('ssl_check=1&token=x', FORM), { body: 'ssl_check=1&token=x', headers: { 'content-type': FORM } }]) {
      expect(await send(served, request)).toEqual({ status: 200, body: '' });
    }
    expect(served.intake.asked).toBe(0);
  });

  test('a certificate check that is a command in disguise runs nothing', async () => {
    expect(await send(served, signedForm({ ...command('/deploy shop production'), ssl_check: '1' }))).toEqual({
      status: 200,
      body: '',
    });
    expect(served.intake.asked).toBe(0);
  });

  test('its challenge is answered', async () => {
    expect(await send(served, sign('{"type":"url_verification","challenge":"abc"}', 'application/json'))).toEqual({
      status: 200,
      body: { challenge: 'abc' },
    });
  });

  test.each(['not json', '[]', 'null', '"text"'])('a signed body that is none of its own is refused: %s', async (body) => {
    expect((await send(served, sign(body, 'application/json'))).status).toBe(400);
  });
});

describe('replayed', () => {
  test.each([
    ['a command', () => signedForm(command('/deploy shop staging'))],
    ['a mention', () => signedEvent(mention('<@U0SHIPMATE> deploy shop staging'))],
  ])('%s a thousand times over two instances has one effect', async (_, request) => {
    const other = await serveSlack({}, served.intake);
    const replayed = request();
    const answers = await Promise.all(Array.from({ length: 1000 }, (_unused, index) => send(index % 2 === 0 ? served : other, replayed)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(served.intake.kept).toHaveLength(1);
    await other.close();
  });

  test('an event that Slack delivers again is the same one', async () => {
    const body = event({ type: 'app_mention', user: 'U000000001', text: '<@U0SHIPMATE> help', ts: '1.1', channel: 'C000000001' });
    await send(served, signedEvent(body));
    await send(served, signedEvent(body, { num: 1, reason: 'http_timeout' }));
    expect(served.intake.kept).toHaveLength(1);
    expect(served.intake.asked).toBe(2);
  });
});
