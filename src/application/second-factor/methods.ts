import type { FactorKind } from '../../domain/factor.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';

/** What a person can prove themselves with now. A passkey counts only where there is a page to use it on. */
export async function methodsOf(
  { database, passkeys }: Pick<Parts, 'database' | 'passkeys'>,
  personId: string,
  stores: Stores = database.stores,
): Promise<readonly FactorKind[]> {
  const factors = await stores.factors.list(personId);
  if (factors.length === 0) return [];
  const has = (kind: FactorKind) => factors.some((factor) => factor.kind === kind);
  const hasCodes = (await stores.factors.recoveryCodesLeft(personId)) > 0;
  return [
    ...(has('totp') ? (['totp'] as const) : []),
    ...(has('passkey') && passkeys !== null ? (['passkey'] as const) : []),
    ...(hasCodes ? (['recovery_code'] as const) : []),
  ];
}
