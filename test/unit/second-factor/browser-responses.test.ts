import { describe, expect, it } from 'vitest';
import { authenticationResponse, registrationResponse } from '../../../adapters/webauthn/browser-responses.ts';
import type { Json } from '../../../src/domain/json.ts';

const credential = { id: 'key', rawId: 'key', type: 'public-key' };
const made = { ...credential, response: { clientDataJSON: 'client', attestationObject: 'attestation', transports: ['internal', 7] } };
const proof = { ...credential, response: { clientDataJSON: 'client', authenticatorData: 'data', signature: 'signature' } };

describe('what a browser sent', () => {
  it('is taken with the members that count and no others', () => {
    expect(registrationResponse({ ...made, more: 'x', authenticatorAttachment: 'platform' })).toEqual({
      ...credential,
      clientExtensionResults: {},
      response: { clientDataJSON: 'client', attestationObject: 'attestation', transports: ['internal'] },
    });
    expect(authenticationResponse({ ...proof, more: 'x' })).toEqual({ ...proof, clientExtensionResults: {} });
  });

  it.each<[string, Json]>([
    ['nothing', null],
    ['a text', 'key'],
    ['a list', [made, proof]],
    ['no id', { ...made, ...proof, id: null }],
    ['another type of credential', { ...proof, type: 'password' }],
    ['no response', credential],
    ['a list in place of the response', { ...credential, response: ['client', 'data'] }],
    ['a number in place of a text', { ...credential, response: { ...made.response, ...proof.response, clientDataJSON: 7 } }],
    ['neither an attestation nor a signature', { ...credential, response: { clientDataJSON: 'client', authenticatorData: 'data' } }],
  ])('is none when it is %s', (_, sent) => {
    expect(registrationResponse(sent)).toBeNull();
    expect(authenticationResponse(sent)).toBeNull();
  });
});
