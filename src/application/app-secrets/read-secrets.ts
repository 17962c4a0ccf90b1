import type { Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import type { SecretVersion } from '../../domain/secret.ts';
import { authorize } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import type { SecretPlace } from './requests.ts';

const SHOWN = 40;

/** `/secret list`: names, versions, when and by whom. */
export async function listSecrets(parts: Parts, request: SecretPlace): Promise<readonly SecretVersion[] | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'secret', changes: false });
  return isRefusal(access) ? access : parts.database.stores.secrets.list(request.app, request.environment);
}

/** `/secret history`. */
export async function readSecretHistory(
  parts: Parts,
  request: SecretPlace & { readonly name: string | null },
): Promise<readonly SecretVersion[] | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'secret', changes: false });
  return isRefusal(access) ? access : parts.database.stores.secrets.history(request.app, request.environment, request.name, SHOWN);
}

export async function suggestSecrets(parts: Parts, person: Person, app: string, environment: string): Promise<readonly string[]> {
  const listed = await listSecrets(parts, { person, app, environment });
  return isRefusal(listed) ? [] : listed.map(({ name }) => name);
}
