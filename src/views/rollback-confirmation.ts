import { formatAction } from '../chat/action-id.ts';
import type { Message } from '../chat/message.ts';
import type { Plan } from '../domain/plan.ts';
import type { Revision } from '../domain/release.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { planElements, planSummary } from './plan-elements.ts';
import { utcTime } from './wording.ts';

export type RollbackFacts = {
  readonly plan: Plan;
  readonly warnings: readonly string[];
  readonly from: Revision;
  readonly to: Revision;
  readonly others: readonly Revision[];
};

/** Asked of one person before anything happens. The button names both revisions: when another one runs by then, it asks again. */
export function rollbackConfirmation({ plan, warnings, from, to, others }: RollbackFacts, reason: string | null, now: number): Message {
  const { app, environment } = plan;
  // A failed release that was left in place opened no revision: going back is to the newest one.
  const isNewest = from.number === to.number;
  const line = isNewest
    ? `${environment} is put back to revision ${to.number}, ${to.version}, whatever was left there since.`
    : `${environment} goes from ${from.version} back to revision ${to.number}, ${to.version}.`;
  return composeMessage(`Roll ${app} ${environment} back to ${to.version}?`, 'warning', [
    header(`Roll ${app} ${environment} back to ${to.version}?`),
    strong(line),
    text(`${planSummary(plan)}.${isNewest ? '' : ` ${to.version} ran here until ${utcTime(to.activeTo ?? from.activeFrom, now)} UTC.`}`),
    ...planElements(plan, warnings),
    {
      type: 'buttons',
      buttons: [
        {
          action: formatAction('rollback-to', rollbackToId({ app, environment, to: to.number, from: from.number })),
          label: `Roll back to ${to.version}`,
          style: 'danger',
          confirm: null,
        },
      ],
    },
    {
      type: 'select',
      action: formatAction(ROLLBACK_PICK, `${app}.${environment}`),
      placeholder: 'Another version…',
      options: others.map((revision) => ({
        value: String(revision.number),
        label: `${revision.version} (revision ${revision.number}, ran until ${utcTime(revision.activeTo ?? from.activeFrom, now)} UTC)`,
      })),
    },
    quiet(
      reason === null
        ? `Nothing was done yet. At once: /rollback ${app} ${environment} ${to.version} --yes`
        : 'Nothing was done yet. The button does not carry your reason; with --yes at the end of what you typed it is kept.',
    ),
  ]);
}

/** The verb of the menu of other versions; its id is `app.environment`, the choice a revision's number. */
export const ROLLBACK_PICK = 'rollback-pick';

/** What a `rollback-to` button names: `app.environment.to.from`, both revision numbers. */
export type RollbackTo = { readonly app: string; readonly environment: string; readonly to: number; readonly from: number | null };

export function rollbackToId({ app, environment, to, from }: RollbackTo): string {
  return [app, environment, to, ...(from === null ? [] : [from])].join('.');
}

export function parseRollbackToId(id: string): RollbackTo | null {
  const match = /^([a-z0-9-]+)\.([a-z0-9-]+)\.(\d{1,9})(?:\.(\d{1,9}))?$/.exec(id);
  if (match === null) return null;
  const [, app = '', environment = '', to = '', from] = match;
  return { app, environment, to: Number(to), from: from === undefined ? null : Number(from) };
}
