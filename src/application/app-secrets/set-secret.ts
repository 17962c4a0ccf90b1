import { type FactorRequest, isFactorRequest, type Proof } from '../../domain/confirmation.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { isSecretName, LARGEST_SECRET_BYTES, type SecretTarget, type SecretVersion } from '../../domain/secret.ts';
import type { Stores } from '../../ports/database.ts';
import { parkedSecretBinding } from '../../ports/sealed-bindings.ts';
import { authorize } from '../authorize.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import type { SecretPlace, SetSecretRequest, WrittenSecret } from './requests.ts';
import { secretUses } from './secret-uses.ts';
import { appendVersion, proveWrite } from './write-secret.ts';

/** As long as the page on which it is confirmed. */
const PARKED_MS = 10 * 60_000;

/** May this person write secrets there? In a protected environment a write asks for their second factor. */
export async function prepareSecret(parts: Parts, request: SecretPlace): Promise<{ asksFactor: boolean } | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'secret', changes: true });
  return isRefusal(access) ? access : { asksFactor: access.environment?.protected !== false };
}

/** The submitted form of `/secret set`. The same delivery sets it once, however often it comes. */
export async function setSecret(parts: Parts, request: SetSecretRequest): Promise<WrittenSecret | FactorRequest | Refusal> {
  const prepared = await prepareSecret(parts, request);
  if (isRefusal(prepared)) return prepared;
  const invalid = whyInvalid(request);
  if (invalid !== null) return invalid;
  const { app, environment, name } = request;
  const target = { app, environment, name };
  const written = await parts.database.transact((stores) => write(parts, stores, { ...request, target, ...prepared }));
  if (isRefusal(written) || isFactorRequest(written)) return written;
  return { secret: written, ...(await secretUses(parts, target)) };
}

async function write(
  parts: Parts,
  stores: Stores,
  request: SetSecretRequest & { readonly target: SecretTarget; readonly asksFactor: boolean },
): Promise<SecretVersion | FactorRequest | Refusal> {
  const { target, person, source, code, asksFactor } = request;
  const delivery = ['secret', `${request.delivery.platform}:${request.delivery.deliveryId}`] as const;
  await stores.secrets.lock(target.app, target.environment);
  if ((await stores.inbox.acceptedAt(...delivery)) !== null) {
    const earlier = await stores.secrets.newest(target);
    if (earlier !== null) return earlier;
  }
  const value = new TextEncoder().encode(request.value);
  const proof: Proof | null = code === null ? null : { by: 'code', code };
  const parked = asksFactor && proof === null ? await park(parts, stores, request, value) : null;
  const missing = await proveWrite(parts, stores, { target, kind: 'set', person, asksFactor, proof, source, waiting: parked ?? '' });
  if (missing !== null) {
    // Without a page to confirm on, nobody will come for it.
    const isAwaited = isFactorRequest(missing) && missing.factorRequest.url !== null;
    if (parked !== null && !isAwaited) await stores.secrets.takeParked(parked, parts.clock.now());
    return missing;
  }
  await stores.inbox.accept(...delivery, parts.clock.now());
  return appendVersion(parts, stores, { target, person, value, source });
}

/** The value is kept for its writer alone until it is confirmed on another page, never in what the confirmation says. */
async function park(
  { clock, sealer }: Parts,
  stores: Stores,
  { target, person }: { target: SecretTarget; person: SecretPlace['person'] },
  value: Uint8Array,
) {
  const now = clock.now();
  const parked = { id: newId(now), ...target, personId: person.id };
  await stores.secrets.pruneParked(now);
  await stores.secrets.park({ ...parked, sealed: sealer.seal(value, parkedSecretBinding(parked)), expiresAt: now + PARKED_MS });
  return parked.id;
}

function whyInvalid({ name, value }: SetSecretRequest): Refusal | null {
  if (!isSecretName(name)) {
    return refusal(
      'invalid_arguments',
      'That is not a name for a secret.',
      'Use letters, digits and underscores, as for a variable: DB_URL. At most 64.',
    );
  }
  if (value === '') return refusal('invalid_arguments', `${name} needs a value.`, 'To end it, type /secret remove.');
  if (Buffer.byteLength(value) >= LARGEST_SECRET_BYTES) {
    return refusal(
      'invalid_arguments',
      'That is too much for a secret.',
      'The engine takes less than 500 KiB. Put large content into a volume or an image.',
    );
  }
  return null;
}
