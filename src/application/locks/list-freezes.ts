import type { Person } from '../../domain/deployment.ts';
import { type Freeze, heldUntil, isOpenAt, nextChange } from '../../domain/freeze-window.ts';
import { configuredFreezes } from '../gate-facts.ts';
import type { Parts } from '../parts.ts';
import { visibleScopes } from './list-locks.ts';
import type { ListedFreezes } from './use-cases.ts';

/** `/freezes`: of the chat and of `shipmate.yml`, and when environments take deployments at all. */
export async function listFreezes(parts: Parts, { person }: { person: Person }): Promise<ListedFreezes> {
  const { schedules } = parts;
  const now = parts.clock.now();
  const workspace = parts.workspace();
  const sees = visibleScopes(workspace, person);
  const environments = Object.values(workspace.environments).filter(({ name }) => sees({ app: null, environment: name }));
  const all: readonly Freeze[] = [
    ...(await parts.database.stores.locks.freezes(now)).filter(({ scope }) => sees(scope)),
    ...environments.flatMap(({ name }) => configuredFreezes(workspace, name)),
  ];
  const freezes = all.map((freeze) => {
    const isHolding = heldUntil(freeze.schedule, now, schedules) !== null;
    return { freeze, isHolding, at: nextChange({ freezes: [freeze], windows: [] }, now, schedules) };
  });
  return {
    // What is over for good and stands in shipmate.yml is history.
    freezes: freezes.filter(({ isHolding, at }) => isHolding || at !== null).sort(byUrgency),
    windows: environments.flatMap(({ name, windows }) =>
      windows.length === 0
        ? []
        : [
            {
              environment: name,
              windows,
              isOpen: isOpenAt({ freezes: [], windows }, now, schedules),
              at: nextChange({ freezes: [], windows }, now, schedules),
            },
          ],
    ),
  };
}

function byUrgency(a: ListedFreezes['freezes'][number], b: ListedFreezes['freezes'][number]): number {
  if (a.isHolding !== b.isHolding) return a.isHolding ? -1 : 1;
  return (a.at ?? Number.MAX_SAFE_INTEGER) - (b.at ?? Number.MAX_SAFE_INTEGER);
}
