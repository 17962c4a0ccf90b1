import { type ApiToken, type TokenScope, whyOver } from '../../domain/api-token.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { authorize, memberOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { overLimit } from '../rate-limit.ts';
import { mintToken, whyNoToken } from './mint-token.ts';
import type { CreatedToken, CreateTokenRequest, TokenUseCases, WishedToken } from './requests.ts';
import { confirmToken, showToken, wishToken } from './token-wishes.ts';

const CREATED = { kind: 'tokens', max: 20, windowMs: 3_600_000 };
const LISTED = 200;

export function createTokenUseCases(parts: Parts): TokenUseCases {
  return {
    createToken: (request) => createToken(parts, request),
    confirmToken: (request) => confirmToken(parts, request),
    showToken: (request) => showToken(parts, request),
    listTokens: (request) => listTokens(parts, request),
    revokeToken: (request) => revokeToken(parts, request),
  };
}

/** `/token create`. With a second factor, or for a protected environment, the token waits for the factor and is made when it is shown. */
export async function createToken(parts: Parts, request: CreateTokenRequest): Promise<CreatedToken | WishedToken | Refusal> {
  const { person, name, scope, forMs, source, delivery } = request;
  const refused = whyNoToken(parts, request);
  if (refused !== null) return refused;
  const limited = await overLimit(parts.rateLimits, CREATED, person.id, '20 tokens an hour are the most');
  if (limited !== null) return limited;
  const now = parts.clock.now();
  return parts.database.transact(async (stores): Promise<CreatedToken | WishedToken | Refusal> => {
    if (!(await stores.inbox.accept('token', `${delivery.platform}:${delivery.deliveryId}`, now))) return madeAlready();
    const hasFactor = (await stores.factors.list(person.id)).length > 0;
    return hasFactor || reachesProtected(parts.workspace(), scope)
      ? wishToken(parts, stores, { person, wish: { name, scope, forMs }, now, source })
      : mintToken(stores, { person, name, scope, forMs, now, source });
  });
}

/** Whatever it may do there: who has it looks at, and asks for, what only few may. */
function reachesProtected({ environments }: Workspace, scope: TokenScope): boolean {
  return scope.environments.some((name) => memberOf(environments, name)?.protected !== false);
}

const madeAlready = (): Refusal =>
  refusal('already_done', 'That token was made already, and could be shown only once.', 'Revoke it with /token revoke and make another.');

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
