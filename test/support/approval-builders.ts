import type { ApprovalRequest } from '../../src/domain/approval.ts';
import type { ApprovalFacts } from '../../src/domain/approval-facts.ts';
import type { ApprovalPolicy } from '../../src/domain/approval-policy.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import { aDeployment } from './builders.ts';

/** Valid approvals with as little in them as possible. */
export function aPolicy(members: Partial<ApprovalPolicy> = {}): ApprovalPolicy {
  return {
    rules: [{ count: 1, from: ['owner'] }],
    expiresAfterMs: 3_600_000,
    secondFactor: true,
    waitMs: 0,
    remindAfterMs: 900_000,
    escalateAfterMs: null,
    escalateTo: ['incident'],
    ...members,
  };
}

export function aRequest(members: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: 'q1',
    deploymentId: 'd1',
    app: 'shop',
    environment: 'production',
    stack: 'shop-production',
    planHash: 'hash',
    policy: aPolicy(),
    policyVersion: 'policy-1',
    baseRevision: null,
    isPromotion: false,
    requester: { id: 'grace', name: 'Grace' },
    requestedAt: 0,
    expiresAt: 3_600_000,
    notBefore: 0,
    state: 'open',
    closed: null,
    remindedAt: null,
    escalatedAt: null,
    ...members,
  };
}

export function anApprovalCard(
  members: Partial<ApprovalFacts> = {},
  deployment: Partial<Deployment> = {},
): ApprovalFacts & { readonly deployment: Deployment } {
  return {
    request: aRequest(),
    votes: [],
    rules: [{ count: 1, from: ['owner'], filled: 0, open: [{ id: 'ada', name: 'Ada' }], hasPlatformGroup: false }],
    background: { commits: null, trial: null, wayBack: null, risks: [] },
    deployment: aDeployment({
      state: 'awaiting_approval',
      clearance: 'approval',
      environment: 'production',
      stack: 'shop-production',
      requester: { id: 'grace', name: 'Grace' },
      startedAt: null,
      ...deployment,
    }),
    ...members,
  };
}
