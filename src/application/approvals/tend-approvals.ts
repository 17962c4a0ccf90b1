import type { ApprovalRequest } from '../../domain/approval.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { isFinal } from '../../domain/deployment-state.ts';
import { isRefusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import { asGrantedNow } from '../access/as-granted-now.ts';
import type { Parts } from '../parts.ts';
import { wakeWorker } from '../wake-worker.ts';
import { approvalRecord, closeRequest } from './close-request.ts';
import { releaseToQueue } from './decide-approval.ts';
import { standingOfRequester } from './requester-now.ts';
import { changedAnywhere, changedHere } from './what-changed.ts';

const EVERY_MS = 1000;
const AT_ONCE = 50;
/** Of all that waits, this many are compared with their sources each time; asking a registry is not free. */
const LOOKED_AT = 5;
const LOOK_EVERY_MS = 10_000;

/**
 * Keeps what waits for approval true while nobody clicks: ends what is over, starts what waited long enough, and voids what is not
 * any more what was asked for. Any number of processes may do it; each request's lock decides.
 */
export async function tendApprovals(parts: Parts, signal: AbortSignal): Promise<void> {
  let after = '';
  let lookedAt = 0;
  while (!signal.aborted) {
    try {
      await settleDue(parts);
      if (parts.clock.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = parts.clock.now();
        after = await lookAtSome(parts, after);
      }
    } catch (error) {
      parts.logger.warn({ error }, 'could not tend what waits for approval; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

async function settleDue(parts: Parts): Promise<void> {
  for (const { id } of await parts.database.stores.approvals.due(parts.clock.now(), AT_ONCE)) {
    const started = await parts.database.transact(async (stores) => {
      const request = await stores.approvals.lock(id);
      return request === null ? null : settle(parts, stores, request);
    });
    if (started !== null) await wakeWorker(parts, started);
  }
}

/** The id of the deployment that may go to the queue now; null for none. */
async function settle(parts: Parts, stores: Stores, request: ApprovalRequest): Promise<string | null> {
  if (request.state !== 'open' && request.state !== 'approved') return null;
  const deployment = await stores.deployments.find(request.deploymentId);
  const now = parts.clock.now();
  if (deployment === null || isFinal(deployment.state)) {
    await stores.approvals.close(request.id, request.state, 'withdrawn', { at: now, by: null, because: 'its deployment is over' });
    await stores.audit.append(
      approvalRecord(parts, request, 'approval.withdrawn', 'system', 'system', 'done', { because: 'its deployment is over' }),
    );
    return null;
  }
  if (now >= request.expiresAt && deployment.state !== 'running') {
    const because = request.state === 'open' ? 'nobody decided in time' : 'the approval ran out before its turn came';
    await closeRequest(parts, stores, request, { state: 'expired', by: null, because, source: 'system' });
    return null;
  }
  if (request.state !== 'approved' || now < request.notBefore || deployment.state !== 'awaiting_approval') return null;
  await releaseToQueue(stores, deployment.id);
  await parts.database.notify(stores, 'deployment', deployment.id);
  return deployment.id;
}

/** A few at a time, in turn. What cannot be looked at now (a registry that is away) is looked at again in its turn, and when somebody votes. */
async function lookAtSome(parts: Parts, after: string): Promise<string> {
  const some = await parts.database.stores.approvals.live(after, LOOKED_AT);
  for (const request of some) {
    try {
      await voidIfChanged(parts, request);
    } catch (error) {
      parts.logger.info({ error, request: request.id }, 'an approval request could not be compared with its sources');
    }
  }
  return some.length < LOOKED_AT ? '' : (some.at(-1)?.id ?? '');
}

async function voidIfChanged(parts: Parts, seen: ApprovalRequest): Promise<void> {
  const { deployments, releases } = parts.database.stores;
  const deployment = await deployments.find(seen.deploymentId);
  const release = deployment === null ? null : await releases.find(deployment.releaseId);
  if (deployment === null || release === null) return;
  const mayNot = await whyNotAskNow(parts, deployment);
  const because =
    mayNot ??
    (deployment.kind === 'rollback' ? await changedHere(parts, parts.database.stores, seen) : await changedAnywhere(parts, seen, release));
  // A registry that is away changes nothing about what was asked for.
  if (because === null || isRefusal(because)) return;
  await parts.database.transact(async (stores) => {
    const request = await stores.approvals.lock(seen.id);
    // What runs was approved as it is; only what waits can become something else.
    if (request === null || (request.state !== 'open' && request.state !== 'approved')) return;
    await closeRequest(parts, stores, request, { state: 'voided', by: null, because, source: 'system' });
  });
}

/** Null when whoever asked still may, and while it cannot be told which groups they are in: that is asked again at the start. */
async function whyNotAskNow(known: Parts, deployment: Deployment): Promise<string | null> {
  const { stores } = known.database;
  const standing = await standingOfRequester(await asGrantedNow(known, stores), stores, deployment);
  return standing === 'may_not' ? 'who asked for it may not any more' : null;
}
