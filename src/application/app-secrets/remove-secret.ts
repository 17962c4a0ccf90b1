import { type FactorRequest, isFactorRequest } from '../../domain/confirmation.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { SecretTarget, SecretVersion } from '../../domain/secret.ts';
import type { Parts } from '../parts.ts';
import type { PlannedRemoval, RemoveSecretRequest, SecretPlace, WrittenSecret } from './requests.ts';
import { secretUses } from './secret-uses.ts';
import { prepareSecret } from './set-secret.ts';
import { appendVersion, proveWrite } from './write-secret.ts';

/** `/secret remove`: what would happen, before anything does. */
export async function planSecretRemoval(parts: Parts, request: SecretPlace & { readonly name: string }): Promise<PlannedRemoval | Refusal> {
  const prepared = await prepareSecret(parts, request);
  if (isRefusal(prepared)) return prepared;
  const secret = await parts.database.stores.secrets.newest(request);
  if (secret === null || secret.kind === 'removed') return unknownSecret(request);
  const { uses } = await secretUses(parts, request);
  return { secret, uses, ...prepared };
}

/** Ends a secret and forgets its value. Releases that deliver it keep their copy: what runs goes on, and can be rolled back to. */
export async function removeSecret(
  parts: Parts,
  { person, id, code, source }: RemoveSecretRequest,
): Promise<WrittenSecret | FactorRequest | Refusal> {
  const asked = await parts.database.stores.secrets.find(id);
  if (asked === null) return refusal('unknown_secret', 'There is no such secret.', '/secret list shows what there is.');
  const { app, environment, name } = asked;
  const target = { app, environment, name };
  const prepared = await prepareSecret(parts, { person, app, environment });
  if (isRefusal(prepared)) return prepared;
  const removed = await parts.database.transact(async (stores): Promise<SecretVersion | FactorRequest | Refusal> => {
    await stores.secrets.lock(app, environment);
    const newest = await stores.secrets.newest(target);
    if (newest?.id !== id) return newest?.kind === 'set' ? setAnew(target) : unknownSecret(target);
    if (newest.kind === 'removed') return unknownSecret(target);
    const proof = code === null ? null : ({ by: 'code', code } as const);
    const missing = await proveWrite(parts, stores, { target, kind: 'removed', person, proof, source, waiting: id, ...prepared });
    return missing ?? appendVersion(parts, stores, { target, person, value: null, source });
  });
  if (isRefusal(removed) || isFactorRequest(removed)) return removed;
  return { secret: removed, ...(await secretUses(parts, target)) };
}

export function unknownSecret({ app, environment, name }: SecretTarget): Refusal {
  return refusal(
    'unknown_secret',
    `${app} ${environment} has no secret ${name}.`,
    `/secret list ${app} ${environment} shows what there is.`,
  );
}

/** What was asked about is not what would be removed. */
export function setAnew({ app, environment, name }: SecretTarget): Refusal {
  return refusal(
    'already_done',
    `${name} was set anew meanwhile, so it was not removed.`,
    `Look again: /secret remove ${app} ${environment} ${name}`,
  );
}
