import type { ApprovalPolicy } from '../../domain/approval-policy.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Stores } from '../../ports/database.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { approvalRecord } from './close-request.ts';

/** What an approval is bound to, as it was when the plan was made: what changed since then voids it at the first look. */
export type AskedFor = { readonly policy: ApprovalPolicy; readonly policyVersion: string; readonly baseRevision: number | null };

/** Binds what is asked for to the plan, the policy and what the environment runs, in the transaction that records the deployment. */
export async function askForApproval(
  parts: Parts,
  stores: Stores,
  deployment: Deployment,
  { policy, policyVersion, baseRevision }: AskedFor,
  isPromotion: boolean,
): Promise<void> {
  const { id, app, environment, stack, planHash, requester, requestedAt, origin } = deployment;
  const request = {
    id: newId(requestedAt),
    deploymentId: id,
    app,
    environment,
    stack,
    planHash,
    policy,
    policyVersion,
    baseRevision,
    isPromotion,
    requester,
    requestedAt,
    expiresAt: requestedAt + policy.expiresAfterMs,
    notBefore: requestedAt + policy.waitMs,
    state: 'open',
    closed: null,
    remindedAt: null,
    escalatedAt: null,
  } as const;
  await stores.approvals.insert(request);
  const source = origin === null ? 'system' : `${origin.platform}:${origin.channel}`;
  await stores.audit.append(
    approvalRecord(parts, request, 'approval.request', requester.id, source, 'done', { version: deployment.version }),
  );
}
