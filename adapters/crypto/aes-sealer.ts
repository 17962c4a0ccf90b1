import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { RotatingSealer } from '../../src/ports/sealer.ts';
import { KEY_BYTES, type SealingKey } from './keys.ts';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** It was not sealed by one of our keys, or was altered, or belongs elsewhere. */
export class UnsealError extends Error {
  readonly code = 'unseal_failed';

  constructor(problem: string, options?: { cause?: unknown }) {
    super(problem, options);
    this.name = 'UnsealError';
  }
}

/**
 * AES-256-GCM. Sealed bytes: version (1), length of the key id (1), key id, IV (12, random), tag (16), ciphertext. The
 * version, the key id and `boundTo` are authenticated, so bytes cannot be moved to another place or another key.
 * Random 96-bit IVs are safe for about 2^32 messages a key (NIST SP 800-38D, 8.3), far beyond what is sealed here.
 */
export class AesSealer implements RotatingSealer {
  readonly #sealing: DerivedKey;
  readonly #opening: ReadonlyMap<string, DerivedKey>;

  /** The first key seals and fingerprints, all of them open. */
  constructor(keys: readonly [SealingKey, ...SealingKey[]]) {
    this.#sealing = derive(keys[0]);
    this.#opening = new Map(keys.map((key) => [key.id, derive(key)]));
  }

  get beginnings(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#opening].map(([id, { header }]) => [id, new Uint8Array(header)]));
  }

  seal(plain: Uint8Array, boundTo: string): Uint8Array {
    const { header, encryption } = this.#sealing;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', encryption, iv);
    cipher.setAAD(authenticated(header, boundTo));
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    return new Uint8Array(Buffer.concat([header, iv, cipher.getAuthTag(), ciphertext]));
  }

  open(sealed: Uint8Array, boundTo: string): Uint8Array {
    const bytes = Buffer.from(sealed);
    const idLength = bytes[1] ?? 0;
    if (bytes[0] !== VERSION || bytes.length < 2 + idLength + IV_BYTES + TAG_BYTES) throw new UnsealError('these are not sealed bytes');
    const id = bytes.toString('utf8', 2, 2 + idLength);
    const key = this.#opening.get(id);
    if (key === undefined) throw new UnsealError(`sealed with the key "${id}", which SHIPMATE_KEYS does not have`);
    const ivStart = 2 + idLength;
    const tagStart = ivStart + IV_BYTES;
    const textStart = tagStart + TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key.encryption, bytes.subarray(ivStart, tagStart), { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated(key.header, boundTo));
    decipher.setAuthTag(bytes.subarray(tagStart, textStart));
    try {
      return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(textStart)), decipher.final()]));
    } catch (error) {
      throw new UnsealError('the sealed bytes were altered, or belong to something else', { cause: error });
    }
  }

  fingerprint(plain: Uint8Array): string {
    return createHmac('sha256', this.#sealing.fingerprinting).update(plain).digest('hex').slice(0, 16);
  }
}

type DerivedKey = { readonly header: Buffer; readonly encryption: Buffer; readonly fingerprinting: Buffer };

/** One secret, two independent keys: encryption and fingerprints never share one. */
function derive(key: SealingKey): DerivedKey {
  const id = Buffer.from(key.id, 'utf8');
  const subkey = (purpose: string) => Buffer.from(hkdfSync('sha256', key.bytes, new Uint8Array(0), `shipmate ${purpose}`, KEY_BYTES));
  return {
    header: Buffer.concat([Buffer.from([VERSION, id.length]), id]),
    encryption: subkey('encryption'),
    fingerprinting: subkey('fingerprint'),
  };
}

function authenticated(header: Buffer, boundTo: string): Buffer {
  return Buffer.concat([header, Buffer.from(boundTo, 'utf8')]);
}
