import { type DeployLock, mayRelease } from '../../domain/deploy-lock.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { capitalized, scopeName, scopeWords } from '../../domain/scope.ts';
import type { Parts } from '../parts.ts';
import { authorizeScope } from './authorize-scope.ts';
import { endExpired } from './end-expired.ts';
import { tellFormerHolder } from './notices.ts';
import { recordOf } from './record.ts';
import type { ScopeRequest } from './use-cases.ts';

/** `/unlock`: by its holder, or by whoever may freeze there, and then its holder is told. */
export async function unlockEnvironment(parts: Parts, { person, scope, source }: ScopeRequest): Promise<DeployLock | Refusal> {
  const workspace = parts.workspace();
  const mayNotLock = authorizeScope(workspace, person, scope, 'lock');
  const mayFreeze = authorizeScope(workspace, person, scope, 'freeze') === null;
  const now = parts.clock.now();
  const by = { scope, actor: person.id, source, at: now };
  return parts.database.transact(async (stores) => {
    await endExpired(parts, stores, now);
    const lock = await stores.locks.standingOf(scope);
    const isOwn = lock?.holder.id === person.id;
    const refuse = async (refused: Refusal): Promise<Refusal> => {
      await stores.audit.append(recordOf('lock.release', by, 'refused', { code: refused.refused }));
      return refused;
    };
    // Nobody learns of a lock who may not lock there; their own they may always let go.
    if (mayNotLock !== null && !isOwn) return refuse(mayNotLock);
    if (lock === null) return refuse(notLocked(scope));
    if (!mayRelease({ lock, personId: person.id, mayLock: mayNotLock === null, mayFreeze })) {
      const message = `${capitalized(scopeName(scope))} is locked by ${lock.holder.name}: only they and whoever may freeze there unlock it.`;
      return refuse(refusal('not_allowed', message, `Ask ${lock.holder.name}, or take it over first: /lock ${scopeWords(scope)} --steal`));
    }
    if (!(await stores.locks.end(lock.id, 'released', person.id, now))) return refuse(notLocked(scope));
    await stores.audit.append(recordOf('lock.release', by, 'done', { lock: lock.id, holder: lock.holder.id }));
    if (!isOwn) await tellFormerHolder(parts, stores, lock, `${person.name} released your lock on ${scopeName(scope)}.`);
    return lock;
  });
}

function notLocked(scope: ScopeRequest['scope']): Refusal {
  return refusal('not_locked', `There is no lock on ${scopeName(scope)}.`, '/locks lists every lock, also wider ones that cover it.');
}
