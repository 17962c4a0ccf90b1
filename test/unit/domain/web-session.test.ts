import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeBrowser, SESSION_IDLE_MS, SESSION_MS, whySessionOver } from '../../../src/domain/web-session.ts';

const AT = Date.UTC(2026, 0, 1);
const session = { id: 's', personId: 'ana', createdAt: AT, lastSeenAt: AT, endsAt: AT + SESSION_MS, browser: 'Firefox' };

describe('a session', () => {
  it.each([
    ['in force at once', {}, AT, null],
    ['in force until it was idle for half an hour', {}, AT + SESSION_IDLE_MS - 1, null],
    ['idle then', {}, AT + SESSION_IDLE_MS, 'idle'],
    ['in force when it was seen meanwhile', { lastSeenAt: AT + 60_000 }, AT + SESSION_IDLE_MS, null],
    ['over at its end, however busy', { lastSeenAt: AT + SESSION_MS }, AT + SESSION_MS, 'over'],
  ])('is %s', (_what, change, now, why) => {
    expect(whySessionOver({ ...session, ...change }, now)).toBe(why);
  });
});

describe('a browser', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['curl/8.6.0', 'Another browser'],
    [undefined, 'Another browser'],
  ])('%s is called %s', (said, name) => expect(describeBrowser(said)).toBe(name));

  it('is named in our own words, whatever it says of itself', () => {
    fc.assert(
      fc.property(fc.string(), (said) => {
        expect(describeBrowser(said)).toMatch(/^[A-Z][A-Za-z ]{1,40}$/);
      }),
    );
  });
});
