import { type ApiToken, isInScope, type TokenUse, whyOver } from '../../domain/api-token.ts';
import type { Person } from '../../domain/deployment.ts';
import { machinePerson } from '../../domain/machine.ts';
import { isRefusal, type Refusal, type RefusalCode, refusal } from '../../domain/refusal.ts';
import { authorize, memberOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { overLimit } from '../rate-limit.ts';
import { hashToken, isToken } from './token-format.ts';

/** A machine that showed a token in force. */
export type Machine = { readonly token: ApiToken; readonly person: Person };

const REQUESTS = { kind: 'api', max: 120, windowMs: 60_000 };
const USED_EVERY_MS = 60_000;

/** Who holds this token. What is no token of ours is refused without asking the database. Refusals are recorded, without the token. */
export async function authenticate(parts: Parts, bearer: string, source: string): Promise<Machine | Refusal> {
  const { database, clock } = parts;
  const now = clock.now();
  const found = isToken(bearer) ? await database.stores.tokens.findByHash(hashToken(bearer)) : null;
  const over = found === null ? 'unknown' : whyOver(found, now);
  const record = (why: string | null) =>
    database.stores.audit.append({
      at: now,
      actor: 'system',
      action: 'api.refused',
      subject: found === null ? 'token' : `token:${found.id}`,
      source,
      result: 'refused',
      details: { why },
    });
  if (found === null || over !== null) {
    await record(over);
    return refusal('unknown_token', 'This token is not in force.', 'Make another one with /token create.');
  }
  const limited = await overLimit(parts.rateLimits, REQUESTS, found.id, `${REQUESTS.max} requests of one token a minute are the most`);
  if (limited !== null) {
    await record(limited.refused);
    return limited;
  }
  await database.stores.tokens.markUsed(found.id, now, USED_EVERY_MS);
  // As they are called now; whoever left the workspace leaves a token without roles.
  const maker = memberOf(parts.workspace().people, found.maker.id) ?? found.maker;
  return { token: found, person: machinePerson('token', maker, found.id, found.name) };
}

/** May this machine do that? Its scope and the roles of whoever made it have to agree, both as they are now. Null means yes; a no is recorded. */
export async function refuseMachine(parts: Parts, machine: Machine, use: TokenUse, source: string): Promise<Refusal | null> {
  const { token, person } = machine;
  const changes = use.permission === 'deploy' || use.permission === 'rollback' || use.permission === 'cancel';
  const access = isInScope(token.scope, use) ? authorize(parts.workspace(), { person, ...use, changes }) : outOfScope(use);
  if (!isRefusal(access)) return null;
  await recordRefused(parts, machine, use, access.refused, source);
  return access;
}

/** What a machine was kept from, and why. */
export async function recordRefused(parts: Parts, { person }: Machine, use: TokenUse, why: RefusalCode, source: string): Promise<void> {
  await parts.database.stores.audit.append({
    at: parts.clock.now(),
    actor: person.id,
    action: 'api.refused',
    subject: use.environment === null ? use.app : `${use.app}/${use.environment}`,
    source,
    result: 'refused',
    details: { why, permission: use.permission },
  });
}

function outOfScope({ app, environment, permission }: TokenUse): Refusal {
  const where = environment === null ? app : `${app} ${environment}`;
  return refusal('not_allowed', `This token may not ${permission} ${where}.`, 'Make one that may, with /token create.');
}
