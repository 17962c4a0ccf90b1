import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'shm_';
const RANDOM_BYTES = 32;
const FORM = /^shm_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

/**
 * `shm_`, 32 random bytes in base64url, and the first 4 bytes of the SHA-256 of that text, in base64url as well: the beginning tells scanners what it is, the checksum that it is one and no
 * chance resemblance, without asking anybody.
 */
export function newToken(): string {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  return `${PREFIX}${random}${checksumOf(random)}`;
}

/** Does it look like one of ours? */
export function isToken(text: string): boolean {
  const [, random = '', checksum = ''] = FORM.exec(text) ?? [];
  return random !== '' && checksumOf(random) === checksum;
}

/** With 256 bits of chance in it, a plain hash cannot be guessed back, and finding it by its hash compares no secret. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function checksumOf(random: string): string {
  return createHash('sha256').update(random).digest().subarray(0, 4).toString('base64url');
}
