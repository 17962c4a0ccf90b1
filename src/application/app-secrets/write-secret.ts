import type { FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { SecretTarget, SecretVersion } from '../../domain/secret.ts';
import type { Stores } from '../../ports/database.ts';
import { secretBinding } from '../../ports/sealed-bindings.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { isProven, prove } from '../second-factor/prove.ts';

/** Where a second factor is asked for, and how what is confirmed is described. */
export type SecretWrite = {
  readonly target: SecretTarget;
  readonly kind: SecretVersion['kind'];
  readonly person: Person;
  readonly asksFactor: boolean;
  readonly proof: Proof | null;
  readonly source: string;
  /** What waits for the confirmation: the parked value's id, or the version that is to be removed. */
  readonly waiting: string;
};

/**
 * Null when the write may go on: no factor is asked for here, or it was proven. In the caller's transaction, after everything else was
 * checked. What comes back is returned, not thrown, so that a wrong try stays counted.
 */
export async function proveWrite(parts: Parts, stores: Stores, write: SecretWrite): Promise<FactorRequest | Refusal | null> {
  if (!write.asksFactor) return null;
  const { app, environment, name } = write.target;
  const act = write.kind === 'set' ? 'Set the secret' : 'Remove the secret';
  const proven = await prove(parts, stores, {
    person: write.person,
    proof: write.proof,
    confirmation: {
      purpose: 'secret_write',
      subject: `${app}/${environment}`,
      hash: null,
      summary: [`${act} ${name} of ${app} ${environment}`],
      values: { app, environment, name, kind: write.kind, waiting: write.waiting },
    },
    now: parts.clock.now(),
    source: write.source,
  });
  return isProven(proven) ? null : proven;
}

/** The next version and its audit record. The caller holds the lock of the environment's secrets. `value` null removes. */
export async function appendVersion(
  { clock, sealer }: Pick<Parts, 'clock' | 'sealer'>,
  stores: Stores,
  { target, person, value, source }: { target: SecretTarget; person: Person; value: Uint8Array | null; source: string },
): Promise<SecretVersion> {
  const { app, environment, name } = target;
  const newest = await stores.secrets.newest(target);
  const at = clock.now();
  const version = (newest?.version ?? 0) + 1;
  const kind = value === null ? 'removed' : 'set';
  const secret: SecretVersion = { id: newId(at), app, environment, name, version, kind, by: person, at };
  await stores.secrets.append(secret, value === null ? null : sealer.seal(value, secretBinding(target, version)));
  await stores.audit.append({
    at,
    actor: person.id,
    action: kind === 'set' ? 'secret.set' : 'secret.remove',
    subject: `${app}/${environment}`,
    source,
    result: 'done',
    details: { name, version },
  });
  return secret;
}
