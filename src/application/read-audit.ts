import type { AuditRecord } from '../domain/audit.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { authorize } from './authorize.ts';
import type { Parts } from './parts.ts';
import type { UseCases } from './use-cases.ts';

/** Records about one environment (`shop/staging`), for those who operate the app. */
export async function readAudit(parts: Parts, request: Parameters<UseCases['readAudit']>[0]): Promise<readonly AuditRecord[] | Refusal> {
  const [app = '', environment = null] = (request.subject ?? '').split('/');
  if (request.subject === null) return refusal('invalid_arguments', 'Say which environment: <app>/<environment>.', null);
  const access = authorize(parts.workspace(), { person: request.person, app, environment, permission: 'operate', changes: false });
  if (isRefusal(access)) return access;
  return parts.database.stores.audit.list({ subject: request.subject, limit: request.limit });
}
