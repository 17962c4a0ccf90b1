import { describe } from 'vitest';
import { AesSealer } from '../../adapters/crypto/aes-sealer.ts';
import { generateKey, parseKeys } from '../../adapters/crypto/keys.ts';
import { describeSealerContract } from './sealer-contract.ts';

describe('AesSealer', () => {
  describeSealerContract(() => {
    const [first, second, third] = [generateKey('k1'), generateKey('k2'), generateKey('k1')];
    return {
      sealer: new AesSealer(parseKeys(first)),
      rotated: new AesSealer(parseKeys(`${second},${first}`)),
      stranger: new AesSealer(parseKeys(third)),
    };
  });
});
