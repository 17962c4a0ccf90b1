import { type Closure, closureOf, type GateFacts } from '../domain/environment-gate.ts';
import type { Freeze } from '../domain/freeze-window.ts';
import type { Target } from '../domain/scope.ts';
import type { Stores } from '../ports/database.ts';
import type { Workspace } from '../ports/workspace.ts';
import { memberOf } from './authorize.ts';
import type { Parts } from './parts.ts';

/** What stands against deployments anywhere: it is little, so it is read once for many environments. */
export type Standing = Pick<GateFacts, 'locks' | 'freezes'>;

export async function readStanding({ locks }: Pick<Stores, 'locks'>, now: number): Promise<Standing> {
  const [standing, freezes] = await Promise.all([locks.standing(), locks.freezes(now)]);
  return { locks: standing, freezes };
}

/** With what `shipmate.yml` says about the environment; null when it does not know it. */
export function gateFactsOf(workspace: Workspace, { locks, freezes }: Standing, environment: string): GateFacts | null {
  const config = memberOf(workspace.environments, environment);
  if (config === undefined) return null;
  return { locks, freezes: [...freezes, ...configuredFreezes(workspace, environment)], windows: config.windows };
}

export function configuredFreezes(workspace: Workspace, environment: string): readonly Freeze[] {
  return (memberOf(workspace.environments, environment)?.freezes ?? []).map(({ schedule, reason }) => ({
    id: null,
    scope: { app: null, environment },
    schedule,
    reason,
    createdBy: null,
    createdAt: 0,
  }));
}

/** What keeps an environment closed to people in general, for lists; what nobody configures is closed by nothing. */
export function closureFor(
  { workspace, schedules, clock }: Pick<Parts, 'workspace' | 'schedules' | 'clock'>,
  standing: Standing,
  target: Target,
): Closure | null {
  const facts = gateFactsOf(workspace(), standing, target.environment);
  return facts === null ? null : closureOf(facts, target, NOBODY, clock.now(), schedules);
}

/** No person's id, so that everybody's lock counts. */
const NOBODY = '';
