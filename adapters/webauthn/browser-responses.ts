import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Json, JsonObject } from '../../src/domain/json.ts';

/**
 * What a browser sent, with the members that are looked at and no others; null when one of them is missing or of another type.
 * https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
 */
export function registrationResponse(sent: Json): RegistrationResponseJSON | null {
  const { clientDataJSON, attestationObject, transports } = responseOf(sent);
  const credential = credentialOf(sent);
  if (credential === null || typeof clientDataJSON !== 'string' || typeof attestationObject !== 'string') return null;
  const ways = isList(transports) ? transports.filter((way) => typeof way === 'string') : [];
  return { ...credential, response: { clientDataJSON, attestationObject, transports: ways } };
}

/** The same of a proof: https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson */
export function authenticationResponse(sent: Json): AuthenticationResponseJSON | null {
  const { clientDataJSON, authenticatorData, signature } = responseOf(sent);
  const credential = credentialOf(sent);
  if (credential === null || typeof clientDataJSON !== 'string') return null;
  if (typeof authenticatorData !== 'string' || typeof signature !== 'string') return null;
  return { ...credential, response: { clientDataJSON, authenticatorData, signature } };
}

function credentialOf(sent: Json): Omit<RegistrationResponseJSON, 'response'> | null {
  if (!isObject(sent)) return null;
  const { id, rawId, type } = sent;
  if (typeof id !== 'string' || typeof rawId !== 'string' || type !== 'public-key') return null;
  return { id, rawId, type, clientExtensionResults: {} };
}

function responseOf(sent: Json): JsonObject {
  const response = isObject(sent) ? sent['response'] : undefined;
  return isObject(response) ? response : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
