import { type Signer, sign, unsign } from '@fastify/cookie';

/** Who is signed in, in a cookie that only we can write: person id and end, signed (HMAC-SHA-256). Nothing in it is secret. */
export type SessionCookie = {
  readonly name: string;
  readonly isSecure: boolean;
  readonly maxAgeMs: number;
  write(personId: string, now: number): string;
  /** Null when it is missing, forged, malformed or over. */
  read(value: string | undefined, now: number): { readonly personId: string; readonly endsAt: number } | null;
};

export const SESSION_MS = 12 * 60 * 60 * 1000;

export function createSessionCookie(secret: string, isSecure: boolean): SessionCookie {
  if (secret.length < 32) throw new RangeError('a session secret has at least 32 characters');
  return {
    // The prefix makes browsers insist on Secure, Path=/ and no Domain.
    name: isSecure ? '__Host-shipmate' : 'shipmate',
    isSecure,
    maxAgeMs: SESSION_MS,
    write(personId, now) {
      return sign(`${now + SESSION_MS}.${Buffer.from(personId).toString('base64url')}`, secret);
    },
    read(value, now) {
      if (value === undefined) return null;
      const opened: ReturnType<Signer['unsign']> = unsign(value, secret);
      const match = opened.valid ? /^(\d{1,16})\.([\w-]+)$/.exec(opened.value) : null;
      if (match?.[1] === undefined || match[2] === undefined) return null;
      const endsAt = Number(match[1]);
      return endsAt > now ? { personId: Buffer.from(match[2], 'base64url').toString(), endsAt } : null;
    },
  };
}
