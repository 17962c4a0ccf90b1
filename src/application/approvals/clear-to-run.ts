import { decideRun } from '../../domain/approval.ts';
import type { Deployment, Failure, Hold } from '../../domain/deployment.ts';
import type { Role } from '../../domain/permissions.ts';
import { isRefusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { EnvironmentConfig } from '../../ports/workspace.ts';
import { asGrantedNow } from '../access/as-granted-now.ts';
import { authorize, memberOf, rolesOf } from '../authorize.ts';
import { checkOrder } from '../deploy-policy.ts';
import { whatCloses } from '../environment-gate.ts';
import { type WayBack, wayBackTo } from '../last-good.ts';
import { holdFor } from '../locks/held-deployments.ts';
import type { Parts } from '../parts.ts';
import { agreedNow } from './approvers.ts';
import { approvalRecord, closeRequest } from './close-request.ts';
import { requesterNow, standingOfRequester } from './requester-now.ts';
import { changedHere } from './what-changed.ts';

/** Null: it runs. It ends because it may not, or it waits because its environment is closed now. */
export type Denied = { readonly kind: 'ends'; readonly failure: Failure } | { readonly kind: 'waits'; readonly hold: Hold };

/**
 * The last question before a deployment starts, in the transaction that starts it: may it run, as things are now? Null means yes, and
 * then its approval is used up. Whatever is unknown, missing or broken means no. What is only closed uses up no approval.
 */
export async function clearToRun(known: Parts, stores: Stores, deployment: Deployment): Promise<Denied | null> {
  const parts = await asGrantedNow(known, stores);
  const workspace = parts.workspace();
  const environment = memberOf(workspace.environments, deployment.environment);
  if (environment === undefined) return ends(voided(`${deployment.environment} is not in shipmate.yml any more`));
  // First, so that what is closed now uses up no approval.
  const { kind, stack, releaseId } = deployment;
  const wayBack = kind === 'rollback' ? await wayBackTo(stores, stack, releaseId) : null;
  const hold = await askGateAgain(parts, stores, deployment, wayBack);
  if (hold !== null) return { kind: 'waits', hold };
  return ends(await mayRun(parts, stores, deployment, environment, wayBack));
}

async function mayRun(
  parts: Parts,
  stores: Stores,
  deployment: Deployment,
  environment: EnvironmentConfig,
  wayBack: WayBack | null,
): Promise<Failure | null> {
  // What was approved is asked for its approval, whatever became of the environment meanwhile.
  if (environment.protected || deployment.clearance !== undefined) return clearProtected(parts, stores, deployment, environment, wayBack);
  const mayNot = (await whyNotAsk(parts, stores, deployment)) ?? (await outOfOrder(stores, environment, deployment));
  return mayNot === null ? null : voided(mayNot);
}

async function clearProtected(
  parts: Parts,
  stores: Stores,
  deployment: Deployment,
  environment: EnvironmentConfig,
  wayBack: WayBack | null,
): Promise<Failure | null> {
  switch (deployment.clearance) {
    case 'approval':
      return useApproval(parts, stores, deployment, environment);
    case 'on_call': {
      const roles = await rolesOfRequester(parts, stores, deployment);
      const may = deployment.kind === 'rollback' && roles.some((role) => environment.rollbackWithoutApproval.includes(role));
      if (!may) return voided('who took it back is not on call any more');
      return wayBack?.isAgreed === true ? null : voided('it does not lead to the last good revision any more');
    }
    case 'break_glass': {
      const { person } = await requesterNow(parts, stores, deployment);
      const request = { ...deployment, person, permission: 'break_glass', changes: true } as const;
      return isRefusal(authorize(parts.workspace(), request)) ? voided('who broke the glass may not any more') : null;
    }
    default:
      return voided(`${deployment.environment} is protected, and nobody was asked`);
  }
}

async function useApproval(parts: Parts, stores: Stores, deployment: Deployment, environment: EnvironmentConfig): Promise<Failure | null> {
  const found = await stores.approvals.findByDeployment(deployment.id);
  const request = found === null ? null : await stores.approvals.lock(found.id);
  const verdict = decideRun({
    request,
    deployment,
    now: parts.clock.now(),
    agreed:
      request === null
        ? []
        : await agreedNow(stores, parts.workspace(), request, await stores.approvals.votesOf(request.id), parts.clock.now()),
    changed: request === null ? null : ((await changedHere(parts, stores, request)) ?? (await outOfOrder(stores, environment, deployment))),
    requesterMayNot: await whyNotAsk(parts, stores, deployment),
  });
  const source = `worker:${parts.holder}`;
  if (verdict.runs && request !== null) {
    await stores.approvals.close(request.id, 'approved', 'used', { at: parts.clock.now(), by: null, because: null });
    await stores.audit.append(approvalRecord(parts, request, 'approval.used', 'system', source, 'done', {}));
    return null;
  }
  if (verdict.runs || request === null) return voided('it was never approved');
  if (request.state === 'approved') {
    await closeRequest(parts, stores, request, { state: verdict.state, by: null, because: verdict.because, source });
  }
  return voided(verdict.because);
}

/** What it has to come after may have been taken back since, and something newer may run by now. A rollback goes where it goes. */
async function outOfOrder(stores: Stores, environment: EnvironmentConfig, { kind, releaseId }: Deployment): Promise<string | null> {
  const release = kind === 'deploy' ? await stores.releases.find(releaseId) : null;
  const refusal = release === null ? null : await checkOrder(stores, environment, release);
  return refusal === null ? null : refusal.message.replace(/\.$/, '');
}

async function rolesOfRequester(parts: Parts, stores: Stores, deployment: Deployment): Promise<readonly Role[]> {
  const app = memberOf(parts.workspace().apps, deployment.app);
  return app === undefined ? [] : rolesOf(app, (await requesterNow(parts, stores, deployment)).person);
}

/** Null when whoever asked for it still may. */
async function whyNotAsk(parts: Parts, stores: Stores, deployment: Deployment): Promise<string | null> {
  const standing = await standingOfRequester(parts, stores, deployment);
  if (standing === 'may') return null;
  return standing === 'unknown'
    ? 'it cannot be told now whether who asked for it is still in their group'
    : 'who asked for it may not any more';
}

/** Only a way back passes what is closed. */
async function askGateAgain(parts: Parts, stores: Stores, deployment: Deployment, wayBack: WayBack | null): Promise<Hold | null> {
  const { app, environment, clearance } = deployment;
  const kind = wayBack === null ? ('deploy' as const) : ('rollback' as const);
  const request = { app, environment, kind, person: deployment.requester, now: parts.clock.now(), source: `worker:${parts.holder}` };
  const closed = await whatCloses(parts, stores, { ...request, override: clearance === 'break_glass' });
  if (closed === null) return null;
  return isRefusal(closed) ? { since: request.now, because: closed.message, opensAt: null } : holdFor(deployment, closed, request.now);
}

function ends(failure: Failure | null): Denied | null {
  return failure === null ? null : { kind: 'ends', failure };
}

function voided(because: string): Failure {
  return { code: 'approval_void', service: null, message: `It may not run: ${because}.` };
}
