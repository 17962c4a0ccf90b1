import { isIP } from 'node:net';
import type { Logger } from '../../src/ports/logger.ts';
import type { Passkeys } from '../../src/ports/passkeys.ts';
import { WebAuthnPasskeys } from './webauthn-passkeys.ts';

/**
 * Null where browsers do no passkeys: they belong to a name, and need https or this very machine
 * (https://www.w3.org/TR/webauthn-3/#relying-party-identifier, https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy).
 */
export function createPasskeys(publicUrl: string | null, logger: Logger): Passkeys | null {
  if (publicUrl === null || !URL.canParse(publicUrl)) return null;
  const { protocol, hostname } = new URL(publicUrl);
  const isName = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  return isName && (protocol === 'https:' || isLocal) ? new WebAuthnPasskeys({ publicUrl, logger }) : null;
}
