import type { Account, IncomingDelivery } from '../../chat/chat-intake.ts';
import type { Json } from '../../domain/json.ts';
import type { DeliveryName } from '../../ports/intake-store.ts';
import type { Sealer } from '../../ports/sealer.ts';

/** What was asked and by whom: commands may carry secrets, and names are people's own. */
export type Asked = Pick<IncomingDelivery, 'what'> & { readonly account: Account };

/** Sealed bytes open for their own delivery only. */
const binding = ({ platform, deliveryId }: DeliveryName, part: 'asked' | 'handle'): string => `intake:${platform}:${deliveryId}:${part}`;

export function sealAsked(sealer: Sealer, name: DeliveryName, { what, account }: Asked): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify({ what, account })), binding(name, 'asked'));
}

/** Throws when it was not sealed by one of our keys for this delivery. */
export function unsealAsked(sealer: Sealer, name: DeliveryName, sealed: Uint8Array): Asked {
  return JSON.parse(textOf(sealer.open(sealed, binding(name, 'asked'))));
}

export function sealHandle(sealer: Sealer, name: DeliveryName, handle: Json): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify(handle)), binding(name, 'handle'));
}

export function unsealHandle(sealer: Sealer, name: DeliveryName, sealed: Uint8Array): Json {
  return JSON.parse(textOf(sealer.open(sealed, binding(name, 'handle'))));
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
