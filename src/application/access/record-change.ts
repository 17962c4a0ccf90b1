import type { NewAuditRecord } from '../../domain/audit.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Role } from '../../domain/permissions.ts';

type Recorded = { readonly app: string; readonly personId: string; readonly role: Role };

/** What was done about a role, or was refused: who, whose, which, in which app. */
export function accessRecord(
  action: string,
  { app, personId, role }: Recorded,
  { at, actor, source }: { readonly at: number; readonly actor: string; readonly source: string },
  result: NewAuditRecord['result'],
  details: JsonObject,
): NewAuditRecord {
  return { at, actor, action: `access.${action}`, subject: app, source, result, details: { person: personId, role, ...details } };
}
