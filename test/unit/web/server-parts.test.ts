import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkified, readContent } from '../../../adapters/web/client/model/content.ts';
import { formatPlace, readPlace } from '../../../adapters/web/client/place.ts';
import { actionBody, historyQuery, sendBody, threadParams } from '../../../adapters/web/request-bodies.ts';
import { isLocalHost, isSameOrigin } from '../../../adapters/web/same-origin.ts';
import { createSessionCookie } from '../../../adapters/web/session-cookie.ts';
import { readTypedText } from '../../../adapters/web/typed-text.ts';

describe('readTypedText', () => {
  it.each([
    ['/deploy shop staging', 'command', '/deploy shop staging'],
    ['  /help ', 'command', '/help'],
    ['@shipmate status shop', 'command', 'status shop'],
    ['@Shipmate: status shop', 'command', 'status shop'],
    ['@shipmate', 'command', '/help'],
    ['@shipmates are great', 'say', '@shipmates are great'],
    ['see src/main.ts', 'say', 'see src/main.ts'],
  ])('reads %j as a %s', (typed, kind, text) => {
    expect(readTypedText(typed)).toEqual({ kind, text });
  });
});

describe('isSameOrigin', () => {
  const post = { method: 'POST', host: 'chat.example.com', origin: undefined, fetchSite: undefined };
  it.each([
    ['our own page', { ...post, origin: 'https://chat.example.com' }, true],
    ['our own page by fetch metadata', { ...post, fetchSite: 'same-origin' }, true],
    ['another site', { ...post, origin: 'https://evil.example' }, false],
    ['a sibling subdomain', { ...post, origin: 'https://www.example.com', fetchSite: 'same-site' }, false],
    ['another port', { ...post, origin: 'https://chat.example.com:8443' }, false],
    ['a sandboxed frame', { ...post, origin: 'null' }, false],
    ['writing without any sign of origin', post, false],
    ['an address that was typed in', { ...post, method: 'GET', fetchSite: 'none' }, true],
    ['reading from another site', { ...post, method: 'GET', fetchSite: 'cross-site' }, false],
  ])('judges %s', (_what, request, expected) => {
    expect(isSameOrigin(request)).toBe(expected);
  });
});

describe('isLocalHost', () => {
  it('accepts addresses, localhost and the public address, and no name that can be pointed here', () => {
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', '192.168.1.7', 'chat.localhost']) {
      expect(isLocalHost(host, null), host).toBe(true);
    }
    expect(isLocalHost('evil.example:3000', null)).toBe(false);
    expect(isLocalHost('chat.example.com', 'https://chat.example.com')).toBe(true);
    expect(isLocalHost('localhost.evil.example', null)).toBe(false);
  });
});

describe('the session cookie', () => {
  const cookie = createSessionCookie(false);
  const token = randomBytes(48).toString('base64url');

  it('is read as a token of ours only when it looks like one', () => {
    expect(cookie.tokenIn({ shipmate: token })).toBe(token);
    for (const value of ['', token.slice(1), `${token}x`, `${token.slice(1)}.`, undefined])
      expect(cookie.tokenIn({ shipmate: value })).toBeNull();
    expect(cookie.tokenIn({ '__Host-shipmate': token })).toBeNull();
  });

  it('behind https is read under the name that browsers protect alone', () => {
    const secure = createSessionCookie(true);
    expect(secure.tokenIn({ shipmate: token })).toBeNull();
    expect(secure.tokenIn({ '__Host-shipmate': token })).toBe(token);
    expect(secure.attributes).toEqual({ path: '/', httpOnly: true, sameSite: 'strict', secure: true });
  });
});

describe('content', () => {
  it('links web addresses only, without the full stop behind them', () => {
    expect(linkified('See https://a.example/x, or javascript:alert(1).')).toEqual([
      { text: 'See ', href: null },
      { text: 'https://a.example/x', href: 'https://a.example/x' },
      { text: ', or javascript:alert(1).', href: null },
    ]);
  });

  it('keeps every letter of any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = linkified(text).map((part) => part.text);
        expect(parts.join('')).toBe(text);
      }),
    );
  });

  it('reads text, cards and what is neither', () => {
    expect(readContent({ text: 'hi' })).toEqual({ kind: 'text', text: 'hi' });
    expect(readContent({ summary: 's', tone: 'neutral', elements: [] }).kind).toBe('card');
    expect(readContent(null)).toEqual({ kind: 'text', text: '' });
  });
});

describe('the place in the address', () => {
  it('survives any channel and thread', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.option(fc.string({ minLength: 1 })), (channel, thread) => {
        expect(readPlace(formatPlace({ channel, thread }))).toEqual({ channel, thread });
      }),
    );
  });

  it('is none when it is empty', () => {
    expect(readPlace('')).toBeNull();
    expect(readPlace('#/%')).toEqual({ channel: '%', thread: null });
  });
});

describe('ids and texts that the database cannot hold', () => {
  const deliveryId = '2f6f2a54-8f0a-4b5e-9d0c-3a51e1b8f6aa';
  it.each([
    ['a thread', threadParams, { root: '\0' }],
    ['a thread with a blank', threadParams, { root: 'a b' }],
    ['a thread without end', threadParams, { root: 'a'.repeat(81) }],
    ['a position in the history', historyQuery, { before: 'a\0' }],
    ['a text', sendBody, { deliveryId, channel: 'deploys', text: 'a\0b' }],
    ['a value of a form', actionBody, { deliveryId, channel: 'deploys', action: 'a', values: { reason: '\0' } }],
  ])('are refused: %s', (_, schema, sent) => {
    expect(schema.safeParse(sent).success).toBe(false);
  });

  it('are told from the ids of messages, threads and deliveries', () => {
    expect(threadParams.safeParse({ root: deliveryId }).success).toBe(true);
    expect(threadParams.safeParse({ root: 'deployment:0f3a' }).success).toBe(true);
  });
});
