import { type ApiToken, whyOver } from '../../domain/api-token.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import { isMachine } from '../../domain/machine.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { authorize, memberOf } from '../authorize.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { overLimit } from '../rate-limit.ts';
import type { CreatedToken, CreateTokenRequest, TokenUseCases } from './requests.ts';
import { hashToken, newToken } from './token-format.ts';

const LONGEST_MS = 366 * 24 * 3_600_000;
const CREATED = { kind: 'tokens', max: 20, windowMs: 3_600_000 };
const LISTED = 200;

export function createTokenUseCases(parts: Parts): TokenUseCases {
  return {
    createToken: (request) => createToken(parts, request),
    listTokens: (request) => listTokens(parts, request),
    revokeToken: (request) => revokeToken(parts, request),
  };
}

/** `/token create`: nobody can hand on more than they hold, and only what they hold by name: groups are known while somebody speaks. */
export async function createToken(parts: Parts, request: CreateTokenRequest): Promise<CreatedToken | Refusal> {
  const { person, name, scope, forMs, source, delivery } = request;
  const refused = whyNot(parts, request);
  if (refused !== null) return refused;
  const limited = await overLimit(parts.rateLimits, CREATED, person.id, '20 tokens an hour are the most');
  if (limited !== null) return limited;
  const now = parts.clock.now();
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
  const isFirst = await parts.database.transact(async (stores) => {
    if (!(await stores.inbox.accept('token', `${delivery.platform}:${delivery.deliveryId}`, now))) return false;
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
    await stores.audit.append({
      at: now,
      actor: person.id,
      action: 'token.create',
      subject: `token:${token.id}`,
      source,
      result: 'done',
      details,
    });
    return true;
  });
  if (!isFirst) {
    return refusal(
      'already_done',
      'That token was made already, and could be shown only once.',
      'Revoke it with /token revoke and make another.',
    );
  }
  return { token, secret };
}

function whyNot(parts: Parts, { person, scope, forMs }: CreateTokenRequest): Refusal | null {
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

export async function listTokens({ database, workspace }: Parts, { person }: { person: Person }): Promise<readonly ApiToken[]> {
  const tokens = await database.stores.tokens.list(LISTED);
  return tokens.filter((token) => mayManage(workspace(), token, person));
}

/** `/token revoke`: from then on it is nothing. Whoever made it, and the owners of its apps. */
export async function revokeToken(
  parts: Parts,
  { person, token: asked, source }: { person: Person; token: string; source: string },
): Promise<ApiToken | Refusal> {
  const unknown = refusal('unknown_token', 'There is no such token that you may revoke.', '/token list shows yours.');
  const now = parts.clock.now();
  const mine = await listTokens(parts, { person });
  const named = mine.filter(({ name, ...token }) => name === asked && whyOver(token, now) === null);
  if (named.length > 1)
    return refusal(
      'invalid_arguments',
      `${named.length} tokens are called that.`,
      `Say which by its id: ${named.map(({ id }) => id).join(', ')}.`,
    );
  const found = mine.find(({ id }) => id === asked) ?? named[0];
  if (found === undefined) return unknown;
  const isRevoked = await parts.database.transact(async (stores) => {
    if (!(await stores.tokens.revoke(found.id, person, now))) return false;
    const details = { token: found.id, name: found.name };
    await stores.audit.append({
      at: now,
      actor: person.id,
      action: 'token.revoke',
      subject: `token:${found.id}`,
      source,
      result: 'done',
      details,
    });
    return true;
  });
  if (!isRevoked) return refusal('already_done', `${found.name} was revoked already.`);
  return { ...found, revoked: { at: now, by: namedPerson(person) } };
}

function mayManage(workspace: ReturnType<Parts['workspace']>, { maker, scope }: ApiToken, person: Person): boolean {
  if (maker.id === person.id) return true;
  const apps = scope.apps.filter((app) => memberOf(workspace.apps, app) !== undefined);
  return apps.some((app) => !isRefusal(authorize(workspace, { person, app, environment: null, permission: 'grant', changes: false })));
}
