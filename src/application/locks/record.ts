import type { NewAuditRecord } from '../../domain/audit.ts';
import type { JsonObject } from '../../domain/json.ts';
import { type Scope, scopeSubject } from '../../domain/scope.ts';

/** What was done to a lock or freeze, for the audit. */
export function recordOf(
  action: string,
  { scope, actor, source, at }: { readonly scope: Scope; readonly actor: string; readonly source: string; readonly at: number },
  result: NewAuditRecord['result'],
  details: JsonObject,
): NewAuditRecord {
  return { at, actor, action, subject: scopeSubject(scope), source, result, details };
}
