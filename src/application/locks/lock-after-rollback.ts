import { SYSTEM_HOLDER } from '../../domain/deploy-lock.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Stores } from '../../ports/database.ts';
import { memberOf } from '../authorize.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { endExpired } from './end-expired.ts';
import { recordOf } from './record.ts';

/**
 * Where the policy says so, a rollback leaves a lock that stands until somebody releases it. Called in the transaction that ends the
 * rollback. A lock that somebody holds already stays theirs. Returns whether it was locked.
 */
export async function lockAfterRollback(
  parts: Pick<Parts, 'workspace' | 'notices'>,
  stores: Stores,
  deployment: Deployment,
  now: number,
): Promise<boolean> {
  const { app, environment, version, requester, id } = deployment;
  if (memberOf(parts.workspace().environments, environment)?.lockAfterRollback !== true) return false;
  await endExpired(parts, stores, now);
  const scope = { app, environment };
  const reason = `rolled back to ${version} by ${requester.name}`;
  const lock = { id: newId(now), scope, holder: SYSTEM_HOLDER, reason, since: now, expiresAt: null };
  if (!(await stores.locks.take(lock))) return false;
  const by = { scope, actor: 'system', source: 'system', at: now };
  await stores.audit.append(recordOf('lock.take', by, 'done', { lock: lock.id, reason, deployment: id }));
  return true;
}
