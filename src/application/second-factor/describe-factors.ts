import type { Person } from '../../domain/deployment.ts';
import { type FactorKind, lockedUntil } from '../../domain/factor.ts';
import type { Parts } from '../parts.ts';

/** `/mfa`: what a person has. */
export type DescribedFactors = {
  readonly factors: readonly {
    readonly kind: FactorKind;
    readonly name: string;
    readonly createdAt: number;
    readonly lastUsedAt: number | null;
  }[];
  /** Set up, and worth nothing before somebody vouched for it; `until` may be over. */
  readonly waiting: { readonly name: string; readonly until: number } | null;
  readonly recoveryCodesLeft: number;
  readonly lockedUntil: number | null;
  /** False without a public address: passkeys belong to one. */
  readonly passkeys: boolean;
};

export async function describeFactors(parts: Parts, { person }: { person: Person }): Promise<DescribedFactors> {
  const { factors } = parts.database.stores;
  const [list, [newest], recoveryCodesLeft, tries] = await Promise.all([
    factors.list(person.id),
    factors.waiting(person.id),
    factors.recoveryCodesLeft(person.id),
    factors.tries(person.id),
  ]);
  return {
    factors: list.map(({ kind, name, createdAt, lastUsedAt }) => ({ kind, name, createdAt, lastUsedAt })),
    waiting: newest === undefined ? null : { name: newest.factor.name, until: newest.until },
    recoveryCodesLeft,
    lockedUntil: lockedUntil(tries, parts.clock.now()),
    passkeys: parts.passkeys !== null,
  };
}
