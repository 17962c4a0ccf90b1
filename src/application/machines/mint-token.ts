import type { ApiToken, TokenScope } from '../../domain/api-token.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import { isMachine } from '../../domain/machine.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import { authorize } from '../authorize.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import type { CreatedToken } from './requests.ts';
import { hashToken, newToken } from './token-format.ts';

const LONGEST_MS = 366 * 24 * 3_600_000;

type Wanted = { readonly person: Person; readonly name: string; readonly scope: TokenScope; readonly forMs: number };

/** Makes it, and its record, in the caller's transaction. Whether its maker may was asked before. */
export async function mintToken(
  stores: Stores,
  { person, name, scope, forMs, now, source }: Wanted & { readonly now: number; readonly source: string },
): Promise<CreatedToken> {
  const secret = newToken();
  const token: ApiToken = {
    id: newId(now),
    name,
    maker: namedPerson(person),
    scope,
    createdAt: now,
    expiresAt: now + forMs,
    revoked: null,
    lastUsedAt: null,
  };
  await stores.tokens.insert(token, hashToken(secret));
  const { apps, environments, permissions } = scope;
  const details = {
    token: token.id,
    name,
    apps: [...apps],
    environments: [...environments],
    may: [...permissions],
    expiresAt: token.expiresAt,
  };
  const subject = `token:${token.id}`;
  await stores.audit.append({ at: now, actor: person.id, action: 'token.create', subject, source, result: 'done', details });
  return { token, secret };
}

/** Nobody can hand on more than they hold, and only what they hold by name: groups are known while somebody speaks. */
export function whyNoToken(parts: Pick<Parts, 'workspace'>, { person, scope, forMs }: Wanted): Refusal | null {
  if (isMachine(person.id)) return refusal('not_allowed', 'A machine makes no tokens.');
  if (forMs <= 0 || forMs > LONGEST_MS)
    return refusal('invalid_arguments', 'A token lasts a year at most.', 'Write for instance --for 90d.');
  const named: Person = { id: person.id, name: person.name };
  for (const app of scope.apps) {
    for (const environment of scope.environments) {
      for (const permission of scope.permissions) {
        const changes = permission === 'deploy' || permission === 'rollback' || permission === 'cancel';
        const request = { person: named, app, environment, permission, changes };
        const access = authorize(parts.workspace(), request);
        if (isRefusal(access)) return access;
      }
    }
  }
  return null;
}
