import { namedPerson } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { isSameScope, scopeName } from '../../domain/scope.ts';
import type { StoredFreeze } from '../../ports/lock-store.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { authorizeScope } from './authorize-scope.ts';
import { visibleScopes } from './list-locks.ts';
import { readSchedule } from './read-schedule.ts';
import { recordOf } from './record.ts';
import type { FreezeRequest, UnfreezeRequest } from './use-cases.ts';

/** `/freeze`. It decides when, not what: approvals that were given stay good. */
export async function freeze(parts: Parts, request: FreezeRequest): Promise<StoredFreeze | Refusal> {
  const { person, scope, source, reason } = request;
  const now = parts.clock.now();
  const by = { scope, actor: person.id, source, at: now };
  const refused = authorizeScope(parts.workspace(), person, scope, 'freeze');
  if (refused !== null) {
    await parts.database.stores.audit.append(recordOf('freeze.add', by, 'refused', { code: refused.refused }));
    return refused;
  }
  const schedule = readSchedule(request.schedule, now, parts.schedules);
  if (isRefusal(schedule)) return schedule;
  const made: StoredFreeze = { id: newId(now), scope, schedule, reason, createdBy: namedPerson(person), createdAt: now };
  await parts.database.transact(async (stores) => {
    await stores.locks.addFreeze(made);
    await stores.audit.append(recordOf('freeze.add', by, 'done', { freeze: made.id, reason, schedule }));
  });
  return made;
}

/** `/unfreeze`. What `shipmate.yml` says is ended there. */
export async function unfreeze(parts: Parts, { person, target, source }: UnfreezeRequest): Promise<readonly StoredFreeze[] | Refusal> {
  const workspace = parts.workspace();
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const standing = await stores.locks.freezes(now);
    const sees = visibleScopes(workspace, person);
    const meant = standing.filter((one) =>
      'id' in target ? isMeant(one.id, target.id) && sees(one.scope) : isSameScope(one.scope, target.scope),
    );
    const scopes = 'scope' in target ? [target.scope] : meant.map(({ scope }) => scope);
    for (const scope of scopes) {
      const refused = authorizeScope(workspace, person, scope, 'freeze');
      if (refused === null) continue;
      const by = { scope, actor: person.id, source, at: now };
      await stores.audit.append(recordOf('freeze.end', by, 'refused', { code: refused.refused }));
      return refused;
    }
    if ('id' in target && meant.length > 1) return refusal('invalid_arguments', `“${target.id}” begins several ids.`, 'Type more of it.');
    const ended: StoredFreeze[] = [];
    for (const one of meant) {
      if (!(await stores.locks.endFreeze(one.id, person.id, now))) continue;
      const by = { scope: one.scope, actor: person.id, source, at: now };
      await stores.audit.append(recordOf('freeze.end', by, 'done', { freeze: one.id }));
      ended.push(one);
    }
    return ended.length > 0 ? ended : nothingToEnd(target);
  });
}

/** As much of an id as people are shown has eight characters; by one or two, the wrong one would end. */
function isMeant(id: string, typed: string): boolean {
  return typed.length >= MIN_PREFIX && id.startsWith(typed);
}

const MIN_PREFIX = 6;

function nothingToEnd(target: UnfreezeRequest['target']): Refusal {
  const what = 'id' in target ? `There is no freeze “${target.id}” that was made here.` : `Nothing froze ${scopeName(target.scope)} here.`;
  return refusal('already_done', what, '/freezes lists them. Those of shipmate.yml are ended there.');
}
