import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SealingKey } from '../../adapters/crypto/keys.ts';

/** A sign-in link is for the next minutes only. */
const SIGN_IN_MS = 10 * 60_000;

/**
 * Access for whoever has this installation's encryption key, which is whoever runs it: tokens for the terminal and one-time
 * sign-in codes for the browser chat. Nothing of it is stored; both are signatures under a key derived from the first one.
 */
export class LocalAccess {
  readonly #key: Buffer;

  constructor(key: SealingKey) {
    this.#key = Buffer.from(hkdfSync('sha256', key.bytes, '', 'shipmate local access', 32));
  }

  /** The same for the same person until the key changes. */
  tokenFor(person: string): string {
    return `${Buffer.from(person).toString('base64url')}.${this.#sign('token', person)}`;
  }

  /** The person a token names, or null when it is not ours. */
  personOf(token: string): string | null {
    const [encoded = '', signature = ''] = token.split('.');
    const person = Buffer.from(encoded, 'base64url').toString();
    return this.#isSigned(signature, 'token', person) ? person : null;
  }

  signInCode(person: string, now: number): string {
    const body = [Buffer.from(person).toString('base64url'), String(now + SIGN_IN_MS), randomBytes(9).toString('base64url')].join('.');
    return `${body}.${this.#sign('sign-in', body)}`;
  }

  /** Null when it is not ours or too old. `nonce` is for the caller to accept once. */
  readSignInCode(code: string, now: number): { person: string; nonce: string } | null {
    const at = code.lastIndexOf('.');
    const body = code.slice(0, Math.max(0, at));
    if (!this.#isSigned(code.slice(at + 1), 'sign-in', body)) return null;
    const [person = '', expiresAt = '0', nonce = ''] = body.split('.');
    return Number(expiresAt) < now ? null : { person: Buffer.from(person, 'base64url').toString(), nonce };
  }

  /** Under which the tokens of the browser chat's sessions are hashed. */
  get sessionSecret(): string {
    return this.#sign('session', '');
  }

  #sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest('base64url');
  }

  #isSigned(signature: string, purpose: string, text: string): boolean {
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.#sign(purpose, text));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
