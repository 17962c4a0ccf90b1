import type { Plan } from './plan.ts';

/** What somebody who is asked to approve should not miss. */
export type RiskFlag =
  | { readonly kind: 'first_deployment' }
  | { readonly kind: 'large'; readonly services: number; readonly changes: number }
  /** Jobs and hooks that a rollback does not undo. */
  | { readonly kind: 'irreversible'; readonly names: readonly string[] }
  | { readonly kind: 'removes'; readonly names: readonly string[] }
  | { readonly kind: 'untried' }
  | { readonly kind: 'rolled_back_elsewhere'; readonly environment: string }
  | { readonly kind: 'outside_hours' };

const MANY_SERVICES = 5;
const MANY_CHANGES = 20;

export type RiskInputs = {
  readonly plan: Plan;
  readonly isFirst: boolean;
  readonly trial: { readonly environment: string; readonly wasRolledBack: boolean } | null;
  readonly isOutsideHours: boolean;
};

/** Flags in the order in which they matter; none for a small, tried change in working hours. */
export function riskFlags({ plan, isFirst, trial, isOutsideHours }: RiskInputs): readonly RiskFlag[] {
  const changed = plan.services.filter(({ action }) => action !== 'unchanged');
  const removed = [
    ...changed.filter(({ action }) => action === 'remove').map(({ service }) => service),
    ...plan.objects.filter(({ kind, action }) => kind === 'volume' && action === 'remove').map(({ name }) => name),
  ];
  const irreversible = [
    ...changed.filter(({ action }) => action === 'run').map(({ service }) => service),
    ...plan.settings.hooks.map(({ name }) => name),
  ];
  const changes = changed.reduce((sum, service) => sum + (service.action === 'update' ? service.changes.length : 1), 0);
  const flags: readonly (RiskFlag | null)[] = [
    removed.length === 0 ? null : { kind: 'removes', names: removed },
    irreversible.length === 0 ? null : { kind: 'irreversible', names: irreversible },
    trial?.wasRolledBack === true ? { kind: 'rolled_back_elsewhere', environment: trial.environment } : null,
    trial === null ? { kind: 'untried' } : null,
    isFirst ? { kind: 'first_deployment' } : null,
    changed.length > MANY_SERVICES || changes > MANY_CHANGES ? { kind: 'large', services: changed.length, changes } : null,
    isOutsideHours ? { kind: 'outside_hours' } : null,
  ];
  return flags.filter((flag) => flag !== null);
}
