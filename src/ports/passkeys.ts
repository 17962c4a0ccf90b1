import type { PasskeyFactor } from '../domain/factor.ts';
import type { Json, JsonObject } from '../domain/json.ts';

/**
 * WebAuthn ceremonies on our own pages. Relying party and origin are those of the public address. Challenges are
 * base64url; options are what `navigator.credentials` takes in its JSON form. A response that does not hold is null, never a throw.
 */
export interface Passkeys {
  registrationOptions(request: {
    readonly person: { readonly id: string; readonly name: string };
    readonly challenge: string;
    readonly existing: readonly PasskeyFactor[];
  }): Promise<JsonObject>;
  verifyRegistration(request: { readonly response: Json; readonly challenge: string }): Promise<NewPasskey | null>;
  requestOptions(request: { readonly challenge: string; readonly passkeys: readonly PasskeyFactor[] }): Promise<JsonObject>;
  /** The signature, its challenge, origin and relying party, that the person was verified, and that the counter grew. */
  verify(request: {
    readonly response: Json;
    readonly challenge: string;
    readonly passkeys: readonly PasskeyFactor[];
  }): Promise<{ readonly passkey: PasskeyFactor; readonly counter: number } | null>;
}

export type NewPasskey = Pick<PasskeyFactor, 'credentialId' | 'publicKey' | 'counter' | 'transports'>;
