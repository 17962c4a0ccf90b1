import type { Element } from '../chat/message.ts';
import type { FieldChange, Plan, ServicePlan } from '../domain/plan.ts';
import { quiet, text } from './compose-message.ts';
import { count, names, shortImage } from './wording.ts';

/** Stands for every value that is secret or may be one, always the same length. */
const HIDDEN = '••••••';

/** `2 services change, 1 is created, 3 stay as they are`. */
export function planSummary(plan: Plan): string {
  const of = (action: ServicePlan['action']) => plan.services.filter((service) => service.action === action).length;
  const parts = [
    phrase(of('create'), 'is created', 'are created'),
    phrase(of('update'), 'changes', 'change'),
    phrase(of('run'), 'runs as a job', 'run as jobs'),
    phrase(of('remove'), 'is removed', 'are removed'),
    phrase(of('unchanged'), 'stays as it is', 'stay as they are'),
  ].filter((part) => part !== null);
  const [first, ...rest] = parts;
  if (first === undefined) return 'no services';
  const begun = first.replace(/^(\d+)/, (number) => (number === '1' ? '1 service' : `${number} services`));
  return [begun, ...rest].join(', ');
}

/** Does running it change anything at all? */
export function isEmptyPlan(plan: Plan): boolean {
  return [...plan.services, ...plan.objects].every((part) => part.action === 'unchanged');
}

/** What is created, changed field by field, run and removed, with what a person should notice first. */
export function planElements(plan: Plan, warnings: readonly string[] = []): readonly (Element | null)[] {
  const changed = plan.services.filter((service) => service.action !== 'unchanged');
  const unchanged = plan.services.filter((service) => service.action === 'unchanged').map((service) => service.service);
  const removed = [...changed.filter((service) => service.action === 'remove').map((service) => service.service)];
  const objects = plan.objects.filter((object) => object.action !== 'unchanged');
  return [
    removed.length === 0 ? null : text(`⚠️ Removes ${names(removed)}.`),
    ...warnings.map((warning) => text(`⚠️ ${warning}`)),
    ...changed.filter((service) => service.action !== 'remove').map(serviceChanges),
    objects.length === 0
      ? null
      : { type: 'table', columns: ['Object', 'Name', ''], rows: objects.map((object) => [object.kind, object.name, `${object.action}d`]) },
    unchanged.length === 0 ? null : quiet(`Unchanged: ${names(unchanged, 8)}`),
    // Good to know once, and the same for every plan of the app: below what changes, not before it.
    plan.notes.length === 0 ? null : quiet(plan.notes.map((note) => `Note: ${note}`).join('\n')),
  ];
}

/** Replaces what must not be seen, in both columns, so that not even its presence tells a value. */
export function shownChange(change: FieldChange): { path: string; before: string | null; after: string | null } {
  const hide = (value: string | null) => (value !== null && change.hidden ? HIDDEN : value);
  return { path: change.path, before: hide(change.before), after: hide(change.after) };
}

const VERBS: Readonly<Record<ServicePlan['action'], string>> = {
  create: 'create',
  update: 'change',
  unchanged: 'leave',
  remove: 'remove',
  run: 'run as a job',
};

function serviceChanges(service: ServicePlan): Element {
  const replicas = service.isJob ? '' : `, ${count(service.desired, 'replica')}`;
  return {
    type: 'changes',
    title: `${service.service}: ${VERBS[service.action]} (${shortImage(service.image)}${replicas})`,
    changes: service.changes.map(shownChange),
  };
}

function phrase(number: number, one: string, many: string): string | null {
  return number === 0 ? null : `${number} ${number === 1 ? one : many}`;
}
