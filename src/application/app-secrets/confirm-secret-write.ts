import { type Confirmed, type FactorRequest, isFactorRequest } from '../../domain/confirmation.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { SecretTarget, SecretVersion } from '../../domain/secret.ts';
import type { Stores } from '../../ports/database.ts';
import { parkedSecretBinding } from '../../ports/sealed-bindings.ts';
import type { ConfirmedAct } from '../confirmed-act.ts';
import type { Parts } from '../parts.ts';
import { setAnew, unknownSecret } from './remove-secret.ts';
import { prepareSecret } from './set-secret.ts';
import { appendVersion, proveWrite, type SecretWrite } from './write-secret.ts';

/** What waited for a passkey: the value that was parked becomes the next version, or the secret is removed. Everything is checked again. */
export async function confirmSecretWrite(parts: Parts, act: ConfirmedAct): Promise<Confirmed | Refusal | FactorRequest> {
  const { person, proof, source } = act;
  const wish = readWish(act.confirmation.values);
  if (wish === null) return over();
  const { target, kind, waiting } = wish;
  const prepared = await prepareSecret(parts, { person, app: target.app, environment: target.environment });
  if (isRefusal(prepared)) return prepared;
  const done = await parts.database.transact(async (stores): Promise<SecretVersion | FactorRequest | Refusal> => {
    await stores.secrets.lock(target.app, target.environment);
    const write: SecretWrite = { target, kind, person, proof, source, waiting, asksFactor: true };
    return kind === 'set' ? setParked(parts, stores, write) : remove(parts, stores, write);
  });
  if (isRefusal(done) || isFactorRequest(done)) return done;
  const { app, environment, name } = target;
  return kind === 'set'
    ? {
        title: `${name} is set`,
        detail: `Version ${done.version} reaches ${app} ${environment} with the next deployment: /deploy ${app} ${environment}`,
      }
    : { title: `${name} is removed`, detail: `What runs in ${app} ${environment} keeps its copy until the next deployment.` };
}

async function setParked(parts: Parts, stores: Stores, write: SecretWrite): Promise<SecretVersion | FactorRequest | Refusal> {
  const { target, person, source, waiting } = write;
  const missing = await proveWrite(parts, stores, write);
  if (missing !== null) return missing;
  const parked = await stores.secrets.takeParked(waiting, parts.clock.now());
  if (parked === null || parked.personId !== person.id) return over();
  // Bound to what was confirmed: a value that was parked for another place does not open here.
  const value = parts.sealer.open(parked.sealed, parkedSecretBinding({ ...target, id: waiting, personId: person.id }));
  return appendVersion(parts, stores, { target, person, value, source });
}

async function remove(parts: Parts, stores: Stores, write: SecretWrite): Promise<SecretVersion | FactorRequest | Refusal> {
  const { target, person, source, waiting } = write;
  const newest = await stores.secrets.newest(target);
  if (newest === null || newest.kind === 'removed') return unknownSecret(target);
  if (newest.id !== waiting) return setAnew(target);
  return (await proveWrite(parts, stores, write)) ?? appendVersion(parts, stores, { target, person, value: null, source });
}

function readWish(
  values: ConfirmedAct['confirmation']['values'],
): (Pick<SecretWrite, 'kind' | 'waiting'> & { target: SecretTarget }) | null {
  const { app, environment, name, kind, waiting } = values;
  if (typeof app !== 'string' || typeof environment !== 'string' || typeof name !== 'string' || typeof waiting !== 'string') return null;
  return kind === 'set' || kind === 'removed' ? { target: { app, environment, name }, kind, waiting } : null;
}

function over(): Refusal {
  return refusal('request_over', 'That value is not kept any more.', 'Type /secret set again.');
}
