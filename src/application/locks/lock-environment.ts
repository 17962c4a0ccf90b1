import { type DeployLock, maySteal, takenOver } from '../../domain/deploy-lock.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { capitalized, type Scope, scopeName, scopeWords } from '../../domain/scope.ts';
import type { Stores } from '../../ports/database.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { authorizeScope } from './authorize-scope.ts';
import { endExpired } from './end-expired.ts';
import { tellFormerHolder } from './notices.ts';
import { recordOf } from './record.ts';
import type { LockRequest } from './use-cases.ts';

type Stolen = { readonly lock: DeployLock; readonly from: Person | null };

/** `/lock`: of two people at once the database lets one have it, and the other is told who. */
export async function lockEnvironment(parts: Parts, request: LockRequest): Promise<DeployLock | Refusal> {
  const taken = await takeOrSteal(parts, request, false);
  return isRefusal(taken) ? taken : taken.lock;
}

/** `/lock --steal`: of two who take it over at once, the second is told of the first instead of taking it from them unseen. */
export function stealLock(parts: Parts, request: LockRequest): Promise<Stolen | Refusal> {
  return takeOrSteal(parts, request, true);
}

async function takeOrSteal(parts: Parts, request: LockRequest, mayTakeOver: boolean): Promise<Stolen | Refusal> {
  const refused = authorizeScope(parts.workspace(), request.person, request.scope, 'lock');
  const now = parts.clock.now();
  const by = { scope: request.scope, actor: request.person.id, source: request.source, at: now };
  const action = mayTakeOver ? 'lock.steal' : 'lock.take';
  return parts.database.transact(async (stores) => {
    if (refused !== null) {
      await stores.audit.append(recordOf(action, by, 'refused', { code: refused.refused }));
      return refused;
    }
    await endExpired(parts, stores, now);
    const { person, scope, reason, forMs } = request;
    const expiresAt = forMs === null ? null : now + forMs;
    const wanted: DeployLock = { id: newId(now), scope, holder: namedPerson(person), reason, since: now, expiresAt };
    const seen = await stores.locks.standingOf(scope);
    if (seen === null && (await stores.locks.take(wanted))) {
      await stores.audit.append(recordOf('lock.take', by, 'done', detailsOf(wanted)));
      return { lock: wanted, from: null };
    }
    // Nothing was there, and somebody was quicker: theirs is not taken over unseen.
    const held = seen ?? (await stores.locks.standingOf(scope));
    if (held?.holder.id === person.id) return renew(stores, held, wanted, by);
    const isStealing = mayTakeOver && seen !== null && maySteal({ lock: seen, personId: person.id, mayLock: true, at: now });
    if (isStealing && (await stores.locks.end(seen.id, 'stolen', person.id, now))) {
      const lock = takenOver(seen, { id: wanted.id, holder: person, reason, expiresAt, at: now });
      // Nobody else can take it before this transaction ends: the scope is free only in here.
      if (!(await stores.locks.take(lock))) throw new Error('a lock that was ended still stands');
      await stores.audit.append(recordOf('lock.steal', by, 'done', { ...detailsOf(lock), from: seen.holder.id, ended: seen.id }));
      await tellFormerHolder(parts, stores, seen, `${person.name} took over your lock on ${scopeName(scope)}.`);
      return { lock, from: seen.holder };
    }
    const holds = isStealing ? await stores.locks.standingOf(scope) : held;
    await stores.audit.append(recordOf(action, by, 'refused', { code: 'locked', lock: holds?.id ?? null }));
    return heldBy(scope, holds);
  });
}

/** The holder locks it again: what they say now holds, what they leave out stays. */
async function renew(stores: Stores, held: DeployLock, wanted: DeployLock, by: Parameters<typeof recordOf>[1]): Promise<Stolen | Refusal> {
  const lock = { ...held, reason: wanted.reason ?? held.reason, expiresAt: wanted.expiresAt ?? held.expiresAt };
  if (!(await stores.locks.renew(held.id, lock))) {
    return refusal('not_locked', 'Your lock ended just now.', 'Type the same again to lock it anew.');
  }
  await stores.audit.append(recordOf('lock.renew', by, 'done', detailsOf(lock)));
  return { lock, from: null };
}

function heldBy(scope: Scope, held: DeployLock | null): Refusal {
  // It ended between two looks: the next try finds it free.
  if (held === null) return refusal('locked', `Somebody else was quicker with ${scopeName(scope)}.`, 'Type the same again.');
  const why = held.reason === null ? '' : `: ${held.reason}`;
  return refusal(
    'locked',
    `${capitalized(scopeName(scope))} is locked by ${held.holder.name}${why}`,
    `Ask ${held.holder.name}, or take it over: /lock ${scopeWords(scope)} --steal`,
  );
}

function detailsOf({ id, reason, expiresAt }: DeployLock): { lock: string; reason: string | null; expiresAt: number | null } {
  return { lock: id, reason, expiresAt };
}
