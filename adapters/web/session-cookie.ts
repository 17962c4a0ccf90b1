import type { CookieSerializeOptions } from '@fastify/cookie';
import { SESSION_MS } from '../../src/domain/web-session.ts';

/** The cookie that holds a session's token: random, of our own making, and of use at this address only. */
export type SessionCookie = {
  readonly name: string;
  /** How it is written, and how it is taken away again. */
  readonly attributes: CookieSerializeOptions;
  readonly maxAgeS: number;
  /** The token in a request's cookies; null without one that looks like ours. */
  tokenIn(cookies: Readonly<Record<string, string | undefined>>): string | null;
};

/** In Base64, as `WebSessions` makes them. */
const TOKEN = /^[\w-]{64}$/;

export function createSessionCookie(isSecure: boolean): SessionCookie {
  // The prefix makes browsers insist on Secure, Path=/ and no Domain.
  const name = isSecure ? '__Host-shipmate' : 'shipmate';
  return {
    name,
    attributes: { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure },
    maxAgeS: SESSION_MS / 1000,
    tokenIn: (cookies) => {
      const value = cookies[name];
      return value !== undefined && TOKEN.test(value) ? value : null;
    },
  };
}
