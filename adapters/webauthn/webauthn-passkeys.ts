import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { PasskeyFactor } from '../../src/domain/factor.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { NewPasskey, Passkeys } from '../../src/ports/passkeys.ts';
import { authenticationResponse, registrationResponse } from './browser-responses.ts';

export type WebAuthnOptions = {
  /** Origin and relying party are its own; browsers do passkeys on https and on localhost only. */
  readonly publicUrl: string;
  readonly logger: Logger;
};

const NAME = 'Shipmate';
/** EdDSA, ES256 and RS256, which every authenticator has one of (https://www.iana.org/assignments/cose#algorithms). */
const ALGORITHMS = [-8, -7, -257] as const;
/** As long as a page is open; the link ends earlier. */
const TIMEOUT_MS = 5 * 60_000;

/** Passkeys by SimpleWebAuthn. The person is always verified (PIN, finger, face): with the account alone a stolen device would do. */
export class WebAuthnPasskeys implements Passkeys {
  readonly #origin: string;
  readonly #rpId: string;
  readonly #logger: Logger;

  constructor({ publicUrl, logger }: WebAuthnOptions) {
    const { origin, hostname } = new URL(publicUrl);
    this.#origin = origin;
    this.#rpId = hostname;
    this.#logger = logger;
  }

  async registrationOptions({ person, challenge, existing }: Parameters<Passkeys['registrationOptions']>[0]): Promise<JsonObject> {
    const options = await generateRegistrationOptions({
      rpName: NAME,
      rpID: this.#rpId,
      userName: person.name,
      userDisplayName: person.name,
      userID: new TextEncoder().encode(person.id),
      challenge: bytesOf(challenge),
      timeout: TIMEOUT_MS,
      attestationType: 'none',
      excludeCredentials: existing.map(({ credentialId, transports }) => ({ id: credentialId, transports: [...transports] })),
      supportedAlgorithmIDs: [...ALGORITHMS],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
    return asJson(options);
  }

  async verifyRegistration({ response: sent, challenge }: { response: Json; challenge: string }): Promise<NewPasskey | null> {
    const response = registrationResponse(sent);
    if (response === null) return null;
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        // What the members say is the library's to check, and what it throws is a no.
        response,
        expectedChallenge: challenge,
        expectedOrigin: this.#origin,
        expectedRPID: this.#rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: [...ALGORITHMS],
      });
      if (!verified) return null;
      const { id, publicKey, counter, transports } = registrationInfo.credential;
      return { credentialId: id, publicKey, counter, transports: transports ?? [] };
    } catch (error) {
      this.#logger.info({ error }, 'a passkey registration does not hold');
      return null;
    }
  }

  async requestOptions({ challenge, passkeys }: { challenge: string; passkeys: readonly PasskeyFactor[] }): Promise<JsonObject> {
    const options = await generateAuthenticationOptions({
      rpID: this.#rpId,
      challenge: bytesOf(challenge),
      timeout: TIMEOUT_MS,
      allowCredentials: passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports: [...transports] })),
      userVerification: 'required',
    });
    return asJson(options);
  }

  async verify({ response: sent, challenge, passkeys }: Parameters<Passkeys['verify']>[0]): ReturnType<Passkeys['verify']> {
    const response = authenticationResponse(sent);
    const passkey = passkeys.find(({ credentialId }) => credentialId === response?.id);
    if (response === null || passkey === undefined) return null;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: this.#origin,
        expectedRPID: this.#rpId,
        requireUserVerification: true,
        // A counter that does not grow is an error of the library's.
        credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
      });
      return verified ? { passkey, counter: authenticationInfo.newCounter } : null;
    } catch (error) {
      this.#logger.info({ error, factor: passkey.id }, 'a passkey does not hold');
      return null;
    }
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}

/** Plain members only: the library types its options as interfaces, which TypeScript does not take for JSON. */
function asJson(options: object): JsonObject {
  return JSON.parse(JSON.stringify(options));
}
