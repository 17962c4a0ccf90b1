import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebChatOptions } from '../../../adapters/web/index.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { type ServedChat, serveChat } from '../../support/serve-chat.ts';
import { eventually } from './chat-user.ts';
import { readEvents } from './read-events.ts';

const ANA = { id: 'ana', name: 'Ana Lima' };
const TOKEN = 'token-of-ana-0123456789';

let chat: FakeChat;
let served: ServedChat;

const serve = async (options: Partial<WebChatOptions> = {}) => {
  await served?.close();
  served = await serveChat(chat, options);
};
const api = (path: string) => `${served.url}/api/v1/chat${path}`;
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(api(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: served.url, ...headers },
    body: JSON.stringify(body),
  });
const signIn = async (person: string) => {
  const answer = await post('/session', { person });
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};
const send = (text: string, change: Record<string, unknown> = {}) => ({
  deliveryId: crypto.randomUUID(),
  channel: 'deployments',
  text,
  ...change,
});

beforeEach(async () => {
  chat = new FakeChat();
  served = await serveChat(chat);
});
afterEach(async () => served.close());

describe('who may ask', () => {
  it('gives a stranger nothing but the session', async () => {
    for (const path of ['/channels', '/channels/deployments/messages', '/threads/x', '/commands', '/stream']) {
      expect((await fetch(api(path))).status, path).toBe(401);
    }
    expect((await post('/messages', send('hi'))).status).toBe(401);
    expect((await post('/actions', { deliveryId: crypto.randomUUID(), channel: 'deployments', action: 'a:1' })).status).toBe(401);
    expect((await fetch(api('/session'))).status).toBe(200);
  });

  it('writes a cookie that scripts and other sites cannot use', async () => {
    const answer = await post('/session', { person: 'ana' });
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly/);
    expect(answer.headers.getSetCookie()[0]).toMatch(/SameSite=Strict/);
  });

  it('refuses a writing request from another page, even with a good cookie', async () => {
    const ana = await signIn('ana');
    expect((await post('/messages', send('/apps'), { ...ana, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('/messages', send('/apps'), { ...ana, origin: 'null' })).status).toBe(403);
    expect(chat.messages.size).toBe(0);
  });

  it('refuses a name that was pointed at a development server', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const options = { port: served.port, path: '/api/v1/chat/session', headers: { host: 'evil.example' } };
      request(options, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('takes a bearer token without cookie and origin, and refuses a wrong one even beside a good cookie', async () => {
    await serve({ authenticate: async (token) => (token === TOKEN ? ANA : null) });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(api('/messages'), { method: 'POST', headers, body: JSON.stringify(send('from a machine')) });
    expect(answer.status).toBe(200);
    const wrong = await fetch(api('/channels'), { headers: { ...(await signIn('ana')), authorization: 'Bearer wrong-token-0000' } });
    expect(wrong.status).toBe(401);
  });

  it('shows a private thread reply and a private message to nobody else', async () => {
    chat.post({ channel: 'deployments', privateTo: 'ana', text: 'secret' });
    const ben = await signIn('ben');
    expect(await (await fetch(api('/channels/deployments/messages'), { headers: ben })).text()).not.toContain('secret');
  });
});

describe('production mode', () => {
  const codes = new Map([['one-time-code-1', ANA]]);
  const redeemSignIn = async (code: string) => {
    const person = codes.get(code) ?? null;
    codes.delete(code);
    return person;
  };

  it('lists nobody and lets nobody choose', async () => {
    await serve({ mode: { kind: 'production', redeemSignIn } });
    expect(await (await fetch(api('/session'))).json()).toMatchObject({ people: [], person: null });
    expect((await post('/session', { person: 'ana' })).status).toBe(404);
  });

  it('keeps a code for the click: opening the link consumes nothing, and it works once', async () => {
    await serve({ mode: { kind: 'production', redeemSignIn } });
    for (let preview = 0; preview < 3; preview += 1) {
      expect((await fetch(`${served.url}/sign-in`)).status).toBe(200);
    }
    expect(await (await post('/sign-in', { code: 'one-time-code-1' })).json()).toMatchObject({ person: ANA });
    expect((await post('/sign-in', { code: 'one-time-code-1' })).status).toBe(403);
  });

  it('allows few attempts at guessing a code', async () => {
    await serve({ mode: { kind: 'production', redeemSignIn } });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await post('/sign-in', { code: `guess-${attempt}-xxxx` })).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(403));
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  it('makes the cookie Secure and host-bound behind https', async () => {
    await serve({ mode: { kind: 'production', redeemSignIn: async () => ANA }, publicUrl: 'https://chat.example.com' });
    const answer = await post('/sign-in', { code: 'any-code-at-all' });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-shipmate=.*Secure/);
  });
});

describe('requests', () => {
  it.each([
    ['no delivery id', { channel: 'deployments', text: 'x' }],
    ['an empty text', send('   ')],
    ['a text that is too long', send('x'.repeat(4001))],
    ['an unknown member', send('x', { person: 'ben' })],
    ['a channel that is no text', send('x', { channel: 7 })],
  ])('with %s are refused and repeat nothing of it', async (_what, body) => {
    const answer = await post('/messages', body, await signIn('ana'));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request', requestId: expect.any(String) } });
    expect(chat.messages.size).toBe(0);
  });

  it('for a channel that does not exist are refused', async () => {
    const answer = await post('/messages', send('x', { channel: 'secret-channel' }), await signIn('ana'));
    expect(answer.status).toBe(404);
  });

  it('delivered twice have one effect', async () => {
    const ana = await signIn('ana');
    for (const body of [send('hello'), send('/apps')]) {
      await post('/messages', body, ana);
      await post('/messages', body, ana);
    }
    expect(chat.messages.size).toBe(2);
  });

  it('are limited per person, not per address', async () => {
    await serve({ writesPerMinute: 3 });
    const [ana, ben] = [await signIn('ana'), await signIn('ben')];
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await post('/messages', send(`${count}`), ana)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await post('/messages', send('ben'), ben)).status).toBe(200);
  });

  it('that break inside are answered without details', async () => {
    chat.fault = new Error('password=hunter2 at db.internal');
    const answer = await post('/messages', send('x'), await signIn('ana'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/hunter2|db\.internal|at .*\.ts/);
  });
});

describe('the live stream', () => {
  it('resumes after Last-Event-ID with exactly what was missed, in order, over several batches', async () => {
    const ana = await signIn('ana');
    for (let index = 0; index < 3; index += 1) chat.post({ channel: 'deployments', text: `seen ${index}` });
    const after = await chat.position();
    for (let index = 0; index < 50; index += 1) chat.post({ channel: 'shop', text: `missed ${index}` });
    const events = await readEvents(api('/stream'), { ...ana, 'last-event-id': String(after) }, (found) => found.length === 50);
    expect(events.map((event) => event.id)).toEqual(Array.from({ length: 50 }, (_, index) => String(after + 1 + index)));
  });

  it('tells a client that knows more than the server to load again', async () => {
    const ana = await signIn('ana');
    const events = await readEvents(api('/stream?after=999'), ana, (_found, all) => all.includes('event: reset'));
    expect(events).toEqual([]);
  });

  it('tells a client whose person may read more or less by now to load again', async () => {
    await serve({ heartbeatMs: 20 });
    const ana = await signIn('ana');
    const events = await readEvents(api('/stream'), ana, (_found, all) => {
      if (all.includes('event: heartbeat')) chat.readable = [];
      return all.includes('event: reset');
    });
    expect(events).toEqual([]);
  });

  it('ends when the server closes, so that closing does not wait', async () => {
    const ana = await signIn('ana');
    const response = await fetch(api('/stream'), { headers: ana });
    const startedAt = performance.now();
    await served.close();
    await response.text();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    served = await serveChat(chat);
  });

  it('ends for a person who left the workspace', async () => {
    await serve({ heartbeatMs: 20 });
    const ana = await signIn('ana');
    const response = await fetch(api('/stream'), { headers: ana });
    chat.person = () => null;
    await response.text();
    await eventually(async () => (await fetch(api('/channels'), { headers: ana })).status).toBe(401);
  });
});

describe('pages', () => {
  it('run own scripts only and cannot be framed', async () => {
    const answer = await fetch(served.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await answer.text();
    expect(html.match(/<script(?![^>]*src=)[^>]*>/g)).toEqual(['<script type="importmap">']);
    expect(html).not.toMatch(/https?:\/\//);
  });

  it('serve TypeScript as the JavaScript that browsers run, cached for good under a versioned address', async () => {
    const html = await (await fetch(served.url)).text();
    const address = /src="(\/assets\/[^"]+main\.ts)"/.exec(html)?.[1] ?? '';
    const script = await fetch(served.url + address);
    expect(script.headers.get('content-type')).toMatch('text/javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(await script.text()).not.toMatch(/Promise<void>/);
    const again = await fetch(served.url + address, { headers: { 'if-none-match': script.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await fetch(`${served.url}/assets/000000000000/client/main.ts`)).status).toBe(404);
    expect((await fetch(`${served.url}${address.replace('main.ts', '..%2f..%2foptions.ts')}`)).status).toBe(404);
  });

  it('answer health, readiness by name and metrics', async () => {
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${served.url}/readyz`)).json()).toMatchObject({ status: 'ready', checks: [{ name: 'chat', state: 'ok' }] });
    expect(await (await fetch(`${served.url}/metrics`)).text()).toContain('# nothing measured');
    expect(await (await fetch(`${served.url}/nothing`)).json()).toMatchObject({ error: { code: 'not_found' } });
  });
});
