import type { Account, IncomingDelivery } from '../../chat/chat-intake.ts';
import type { Json } from '../../domain/json.ts';
import type { DeliveryName } from '../../ports/intake-store.ts';
import { intakeBinding } from '../../ports/sealed-bindings.ts';
import type { Sealer } from '../../ports/sealer.ts';

/** What was asked and by whom: commands may carry secrets, and names are people's own. */
export type Asked = Pick<IncomingDelivery, 'what'> & { readonly account: Account };

export function sealAsked(sealer: Sealer, name: DeliveryName, { what, account }: Asked): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify({ what, account })), intakeBinding(name, 'asked'));
}

/** Throws when it was not sealed by one of our keys for this delivery. */
export function unsealAsked(sealer: Sealer, name: DeliveryName, sealed: Uint8Array): Asked {
  return JSON.parse(textOf(sealer.open(sealed, intakeBinding(name, 'asked'))));
}

export function sealHandle(sealer: Sealer, name: DeliveryName, handle: Json): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify(handle)), intakeBinding(name, 'handle'));
}

export function unsealHandle(sealer: Sealer, name: DeliveryName, sealed: Uint8Array): Json {
  return JSON.parse(textOf(sealer.open(sealed, intakeBinding(name, 'handle'))));
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
