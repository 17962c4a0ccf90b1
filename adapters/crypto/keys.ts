import { randomBytes } from 'node:crypto';

/** One encryption key: 256 bits, and the id that stands in what it sealed. */
export type SealingKey = { readonly id: string; readonly bytes: Uint8Array };

export const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** A malformed `SHIPMATE_KEYS`. The message names the entry by its place and id, never its key. */
export class InvalidKeysError extends Error {
  readonly code = 'invalid_keys';

  constructor(problem: string) {
    super(`${problem}. Expected: id:base64[,id:base64…], each key ${KEY_BYTES} random bytes; the first one seals, all of them open.`);
    this.name = 'InvalidKeysError';
  }
}

/** Reads `id:base64,id:base64…`. To rotate: put a new key first and keep the old ones until everything is sealed anew. */
export function parseKeys(text: string): readonly [SealingKey, ...SealingKey[]] {
  const keys = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseKey);
  const [first, ...others] = keys;
  if (first === undefined) throw new InvalidKeysError('there is no key');
  const repeated = keys.find((key, index) => keys.findIndex((other) => other.id === key.id) !== index);
  if (repeated !== undefined) throw new InvalidKeysError(`the key id "${repeated.id}" occurs twice`);
  return [first, ...others];
}

function parseKey(entry: string, index: number): SealingKey {
  const place = `key ${index + 1}`;
  const colon = entry.indexOf(':');
  if (colon === -1) throw new InvalidKeysError(`${place} has no id`);
  const id = entry.slice(0, colon);
  if (!ID.test(id)) throw new InvalidKeysError(`the id of ${place} is not 1 to 32 letters, digits, dashes or underscores`);
  const encoded = entry.slice(colon + 1);
  if (!BASE64.test(encoded)) throw new InvalidKeysError(`${place} ("${id}") is not base64`);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== KEY_BYTES) throw new InvalidKeysError(`${place} ("${id}") has ${bytes.length} bytes instead of ${KEY_BYTES}`);
  return { id, bytes };
}

/** A new entry for `SHIPMATE_KEYS`. */
export function generateKey(id = `k${randomBytes(4).toString('hex')}`): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
}
