import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Factor } from '../../domain/factor.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { ConfirmedHandler } from '../confirmed-act.ts';
import type { Parts } from '../parts.ts';
import { endAfterFactorChange } from '../sessions/end-sessions.ts';
import { isProven, prove } from './prove.ts';

export type RemovedFactor = { readonly name: string; readonly left: number };

type Request = {
  readonly person: Person;
  /** Its name, its number in the order of /mfa, or its id; null for the only one. */
  readonly which: string | null;
  readonly proof: Proof | null;
  readonly source: string;
};

/** `/mfa remove`: any factor proves, also the one that goes. With the last one the recovery codes go, too. */
export function removeFactor(parts: Parts, { person, which, proof, source }: Request): Promise<RemovedFactor | FactorRequest | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    await stores.factors.lock(person.id);
    const factors = await stores.factors.list(person.id);
    const factor = findFactor(factors, which);
    if (isRefusal(factor)) return factor;
    const proven = await prove(parts, stores, { person, proof, confirmation: removalOf(person, factor, factors.length), now, source });
    if (!isProven(proven)) return proven;
    const left = factors.length - 1;
    if (left === 0) await stores.factors.removeAll(person.id);
    else await stores.factors.remove(person.id, factor.id);
    const details = { kind: factor.kind, factor: factor.id, name: factor.name, left };
    await stores.audit.append({ at: now, actor: person.id, action: 'factor.remove', subject: person.id, source, result: 'done', details });
    await endAfterFactorChange(parts, stores, { personId: person.id, except: person.session ?? null, by: person.id, source });
    await parts.notices.tell(stores, person.id, {
      key: `factor-remove:${factor.id}`,
      tone: 'warning',
      title: `A second factor of yours was taken away: ${factor.name}`,
      lines: [left === 0 ? 'You have none now.' : `You have ${left} left.`, 'If that was not you, tell an admin now.'],
    });
    return { name: factor.name, left };
  });
}

export const confirmFactorRemoval: ConfirmedHandler = async (parts, act) => {
  const { factor } = act.confirmation.values;
  const removed = await removeFactor(parts, { ...act, which: typeof factor === 'string' ? factor : '' });
  return 'name' in removed ? { title: `${removed.name} is taken away`, detail: 'It proves nothing any more.' } : removed;
};

function removalOf(person: Person, factor: Factor, count: number): Confirmation {
  return {
    purpose: 'factor_removal',
    subject: person.id,
    hash: null,
    summary: [
      `Take away the second factor “${factor.name}” of ${person.name}.`,
      ...(count === 1 ? ['It is the last one: its recovery codes end, too, and you may approve nothing until you set up another.'] : []),
    ],
    values: { factor: factor.id },
  };
}

function findFactor(factors: readonly Factor[], which: string | null): Factor | Refusal {
  const [only] = factors;
  if (only === undefined) return refusal('already_done', 'You have no second factor.', 'Type /mfa add to set one up.');
  if (which === null && factors.length === 1) return only;
  const wanted = which?.trim().toLowerCase();
  const found = factors.find(({ id, name }, index) => wanted === id || wanted === name.toLowerCase() || wanted === String(index + 1));
  if (found !== undefined) return found;
  const numbered = factors.map(({ name }, index) => `${index + 1} ${name}`).join(', ');
  return refusal('invalid_arguments', which === null ? 'You have several.' : 'You have no such factor.', `Name one: ${numbered}.`);
}
