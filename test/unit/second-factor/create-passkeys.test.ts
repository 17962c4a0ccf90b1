import { describe, expect, it } from 'vitest';
import { createPasskeys } from '../../../adapters/webauthn/create-passkeys.ts';
import { SILENT_LOGGER } from '../../support/builders-parts.ts';

describe('passkeys', () => {
  it.each(['https://shipmate.example', 'https://shipmate.example:8443/ops', 'http://localhost:8080', 'http://ship.localhost'])(
    'belong to %s',
    (url) => {
      expect(createPasskeys(url, SILENT_LOGGER)).not.toBeNull();
    },
  );

  it.each([null, 'http://shipmate.example', 'http://10.0.0.5:8080', 'https://10.0.0.5', 'https://[::1]', 'nonsense'])(
    'are off at %s, where browsers do none',
    (url) => {
      expect(createPasskeys(url, SILENT_LOGGER)).toBeNull();
    },
  );
});
