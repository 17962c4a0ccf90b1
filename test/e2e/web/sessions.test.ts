import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SESSION_IDLE_MS, SESSION_MS } from '../../../src/domain/web-session.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { type ServedChat, serveChat } from '../../support/serve-chat.ts';
import { eventually } from './chat-user.ts';

/** Sessions over HTTP: the real ones, on a store in memory and a clock that the test sets. */
let now: number;
let chat: FakeChat;
let served: ServedChat;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  chat = new FakeChat(() => now);
  served = await serveChat(chat, { heartbeatMs: 20, now: () => now });
});
afterEach(async () => served.close());

type Cookie = { readonly cookie: string };
const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
  fetch(`${served.url}/api/v1/chat${path}`, {
    method,
    headers: { origin: served.url, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const signIn = async (person: string, headers: Record<string, string> = {}): Promise<Cookie> => {
  const answer = await ask('POST', '/session', headers, { person });
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};
const reads = async (cookie: Cookie): Promise<boolean> => (await ask('GET', '/channels', cookie)).status === 200;
const listed = async (cookie: Cookie) =>
  ((await (await ask('GET', '/sessions', cookie)).json()) as { sessions: { id: string; browser: string; isThis: boolean }[] }).sessions;
const recorded = () => chat.signedIn.audit.map(({ action, subject, details }) => `${action} ${subject} ${details['why'] ?? ''}`.trim());

describe('signing out', () => {
  it('ends the session for every copy of its cookie, and its open pages close', async () => {
    const ana = await signIn('ana');
    const stream = await ask('GET', '/stream', ana);
    expect(await reads(ana)).toBe(true);
    const out = await ask('DELETE', '/session', ana);
    expect(out.headers.getSetCookie()[0]).toMatch(/^shipmate=;/);
    expect(await reads(ana)).toBe(false);
    await stream.text();
    expect(recorded()).toEqual(['session.begin ana', 'session.end ana signed-out']);
  });
});

describe('signing in', () => {
  it('makes a new token each time, and ends what the browser had before', async () => {
    const [first, elsewhere] = [await signIn('ana'), await signIn('ana')];
    const second = await signIn('ben', first);
    expect(new Set([first.cookie, elsewhere.cookie, second.cookie]).size).toBe(3);
    expect([await reads(first), await reads(elsewhere), await reads(second)]).toEqual([false, true, true]);
    expect(recorded().at(-2)).toBe('session.end ana replaced');
  });

  it('takes no cookie of anybody else’s making', async () => {
    for (const value of ['', 'ana', 'x'.repeat(64), '0.YW5h']) expect(await reads({ cookie: `shipmate=${value}` })).toBe(false);
  });
});

describe('time', () => {
  it('ends a session that nobody used for half an hour; requests keep it', async () => {
    const [busy, idle] = [await signIn('ana'), await signIn('ana')];
    now += SESSION_IDLE_MS - 1;
    expect(await reads(busy)).toBe(true);
    now += 1;
    expect(await reads(idle)).toBe(false);
    now += SESSION_IDLE_MS - 2;
    expect(await reads(busy)).toBe(true);
  });

  it('keeps one whose page is open, and ends it at its end all the same', async () => {
    const ana = await signIn('ana');
    const stream = await ask('GET', '/stream', ana);
    const lastSeen = async () => (await chat.signedIn.sessions.ofPerson('ana'))[0]?.lastSeenAt;
    for (let past = 0; past < SESSION_MS - SESSION_IDLE_MS; past += SESSION_IDLE_MS / 2) {
      now += SESSION_IDLE_MS / 2;
      await eventually(lastSeen).toBe(now);
    }
    now += SESSION_IDLE_MS;
    await stream.text();
    expect(await reads(ana)).toBe(false);
  });
});

describe('one’s own sessions', () => {
  it('are listed by browser, and end one by one or all but this one', async () => {
    const phone = await signIn('ana', { 'user-agent': 'Mozilla/5.0 (iPhone) Version/17.5 Safari/604.1 <script>' });
    const here = await signIn('ana', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0' });
    const third = await signIn('ana');
    const own = await listed(here);
    expect(own.map(({ browser, isThis }) => `${browser} ${isThis}`).sort()).toEqual([
      'Another browser false',
      'Firefox on Linux true',
      'Safari on iPhone false',
    ]);
    const onPhone = own.find(({ browser }) => browser === 'Safari on iPhone');
    expect((await ask('DELETE', `/sessions/${onPhone?.id}`, here)).status).toBe(200);
    expect((await ask('DELETE', `/sessions/${onPhone?.id}`, here)).status).toBe(404);
    expect([await reads(phone), await reads(third)]).toEqual([false, true]);
    expect(await (await ask('DELETE', '/sessions', here)).json()).toEqual({ ended: 1 });
    expect([await reads(third), await reads(here)]).toEqual([false, true]);
    expect(await listed(here)).toHaveLength(1);
  });

  it('are nobody else’s: neither listed nor ended', async () => {
    const [ana, ben] = [await signIn('ana'), await signIn('ben')];
    const [anas] = await listed(ana);
    expect((await listed(ben)).map(({ id }) => id)).not.toContain(anas?.id);
    expect((await ask('DELETE', `/sessions/${anas?.id}`, ben)).status).toBe(404);
    expect(await (await ask('DELETE', '/sessions', ben)).json()).toEqual({ ended: 0 });
    expect(await reads(ana)).toBe(true);
    expect((await ask('GET', '/sessions')).status).toBe(401);
  });
});
