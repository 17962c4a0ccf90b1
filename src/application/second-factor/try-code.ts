import type { Person } from '../../domain/deployment.ts';
import type { FactorKind, TotpFactor } from '../../domain/factor.ts';
import type { Stores } from '../../ports/database.ts';
import { factorBinding } from '../../ports/sealed-bindings.ts';
import type { Parts } from '../parts.ts';
import { hashRecoveryCode, looksLikeRecoveryCode } from './tokens.ts';

export type Tried = { readonly kind: FactorKind; readonly factor: string | null } | 'wrong' | 'used';

/** One code against everything the person has. Accepting it uses it up: its time step, or the recovery code. */
export async function tryCode(
  parts: Pick<Parts, 'oneTimeCodes' | 'sealer'>,
  stores: Stores,
  person: Person,
  code: string,
  now: number,
): Promise<Tried> {
  if (looksLikeRecoveryCode(code)) return tryRecoveryCode(stores, person, code, now);
  const digits = code.replace(/[\s-]/g, '');
  let isUsed = false;
  for (const factor of await stores.factors.list(person.id)) {
    if (factor.kind !== 'totp') continue;
    const step = parts.oneTimeCodes.stepOf(digits, secretOf(parts, factor), now);
    if (step === null) continue;
    // Of one step, and of all before it, nothing is accepted twice.
    if (step <= factor.lastStep) {
      isUsed = true;
      continue;
    }
    await stores.factors.markUsed(factor.id, { at: now, step });
    return { kind: 'totp', factor: factor.id };
  }
  return isUsed ? 'used' : 'wrong';
}

async function tryRecoveryCode(stores: Stores, person: Person, code: string, now: number): Promise<Tried> {
  const hash = hashRecoveryCode(person.id, code);
  if (await stores.factors.useRecoveryCode(person.id, hash, now)) return { kind: 'recovery_code', factor: null };
  return (await stores.factors.isUsedRecoveryCode(person.id, hash)) ? 'used' : 'wrong';
}

function secretOf({ sealer }: Pick<Parts, 'sealer'>, factor: TotpFactor): string {
  return Buffer.from(sealer.open(factor.sealed, factorBinding(factor))).toString('utf8');
}
