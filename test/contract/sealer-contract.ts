import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sealer } from '../../src/ports/sealer.ts';

export type SealersUnderTest = {
  readonly sealer: Sealer;
  /** Has a newer key first, and the one of `sealer` behind it. */
  readonly rotated: Sealer;
  /** Has no key in common with `sealer`. */
  readonly stranger: Sealer;
};

/** What every implementation of the Sealer port promises. */
export function describeSealerContract(create: () => SealersUnderTest): void {
  const { sealer, rotated, stranger } = create();
  const bytes = (text: string) => new TextEncoder().encode(text);

  describe('a sealer', () => {
    it('opens what it sealed, for the place it was sealed for', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plain, place) => {
          expect(sealer.open(sealer.seal(plain, place), place)).toEqual(new Uint8Array(plain));
        }),
      );
    });

    it('refuses what was sealed for another place', () => {
      const sealed = sealer.seal(bytes('hunter2'), 'shop/staging');
      expect(() => sealer.open(sealed, 'shop/production')).toThrow();
    });

    it('refuses any changed byte, and any cut', () => {
      const sealed = sealer.seal(bytes('hunter2'), 'a');
      for (let index = 0; index < sealed.length; index += 1) {
        const altered = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte));
        expect(() => sealer.open(altered, 'a')).toThrow();
        expect(() => sealer.open(sealed.subarray(0, index), 'a')).toThrow();
      }
    });

    it('does not show the contents, and never seals them the same twice', () => {
      const one = sealer.seal(bytes('hunter2'), 'a');
      expect(Buffer.from(one).includes('hunter2')).toBe(false);
      expect(sealer.seal(bytes('hunter2'), 'a')).not.toEqual(one);
    });

    it('opens with an older key after a rotation, and not without it', () => {
      const sealed = sealer.seal(bytes('hunter2'), 'a');
      expect(rotated.open(sealed, 'a')).toEqual(bytes('hunter2'));
      expect(() => sealer.open(rotated.seal(bytes('hunter2'), 'a'), 'a')).toThrow();
      expect(() => stranger.open(sealed, 'a')).toThrow();
    });

    it('fingerprints equal contents equally under one key, and tells nothing across keys', () => {
      const print = sealer.fingerprint(bytes('hunter2'));
      expect(print).toMatch(/^[0-9a-f]{16}$/);
      expect(sealer.fingerprint(bytes('hunter2'))).toBe(print);
      expect(sealer.fingerprint(bytes('hunter3'))).not.toBe(print);
      expect(stranger.fingerprint(bytes('hunter2'))).not.toBe(print);
    });
  });
}
