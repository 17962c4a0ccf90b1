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
/** Working hours in UTC, wide enough for most of Europe and Africa; Saturday and Sunday have none. */
const FROM_HOUR = 6;
const TO_HOUR = 18;

export type RiskInputs = {
  readonly plan: Plan;
  readonly isFirst: boolean;
  readonly trial: { readonly environment: string; readonly wasRolledBack: boolean } | null;
  readonly at: number;
};

/** Flags in the order in which they matter; none for a small, tried change on a weekday. */
export function riskFlags({ plan, isFirst, trial, at }: RiskInputs): readonly RiskFlag[] {
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
    isOutsideHours(at) ? { kind: 'outside_hours' } : null,
  ];
  return flags.filter((flag) => flag !== null);
}

function isOutsideHours(at: number): boolean {
  const date = new Date(at);
  const day = date.getUTCDay();
  const hour = date.getUTCHours();
  return day === 0 || day === 6 || hour < FROM_HOUR || hour >= TO_HOUR;
}
