import { createHash, randomBytes, randomInt } from 'node:crypto';

/** 256 random bits for an address, a cookie or a challenge: base64url, 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token or recovery code. They have more than 112 bits of chance, so a plain hash is enough (OWASP ASVS 5.0, 6.5.2). */
export function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A WebAuthn challenge that stands for exactly this text, once: base64url. */
export function challengeFor(nonce: string, text: string): string {
  return createHash('sha256').update(`${nonce}\n${text}`).digest('base64url');
}

/** No letters that are taken for digits or for each other: a recovery code is read from paper. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
/** 30^24 codes: 117 bits. */
const LENGTH = 24;
const GROUP = 6;
const CODES = 10;

/** As people keep them: `ABCDEF-…`, ten. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: CODES }, () => {
    const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? '').join('');
    return Array.from({ length: LENGTH / GROUP }, (_, group) => letters.slice(group * GROUP, (group + 1) * GROUP)).join('-');
  });
}

/** Of one person: case, dashes and spaces do not matter. */
export function hashRecoveryCode(personId: string, code: string): string {
  return hashToken(`recovery\n${personId}\n${code.toUpperCase().replace(/[^A-Z0-9]/g, '')}`);
}

/** Does it look like one of ours, and not like a code of an app? */
export function looksLikeRecoveryCode(code: string): boolean {
  return code.replace(/[^A-Za-z0-9]/g, '').length === LENGTH;
}
