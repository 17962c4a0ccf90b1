import { closureOf } from '../../domain/environment-gate.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { authorize } from '../authorize.ts';
import { gateFactsOf, readStanding } from '../gate-facts.ts';
import type { Parts } from '../parts.ts';
import { recordOf } from './record.ts';
import type { WatchRequest } from './use-cases.ts';

/** “Tell me when it opens”. */
export async function watchOpening(
  parts: Parts,
  { person, app, environment, source }: WatchRequest,
): Promise<{ isOpen: boolean; opensAt: number | null } | Refusal> {
  const access = authorize(parts.workspace(), { person, app, environment, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const facts = gateFactsOf(parts.workspace(), await readStanding(stores, now), environment);
    const closure = facts === null ? null : closureOf(facts, { app, environment }, person.id, now, parts.schedules);
    if (closure === null) return { isOpen: true, opensAt: null };
    await stores.locks.watch({ app, environment, personId: person.id, since: now });
    const by = { scope: { app, environment }, actor: person.id, source, at: now };
    await stores.audit.append(recordOf('opening.watch', by, 'done', {}));
    return { isOpen: false, opensAt: closure.opensAt };
  });
}
