import type { ApprovalRequest } from '../../../src/domain/approval.ts';
import { aPolicy } from './cast.ts';

/** Open, and asked for by Dana; one owner has to agree within the hour. */
export function anApprovalRequest(members: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const policy = aPolicy([{ count: 1, from: ['owner'] }]);
  const requestedAt = Date.UTC(2026, 10, 21, 12);
  return {
    id: 'request-1',
    deploymentId: 'd1',
    app: 'shop',
    environment: 'production',
    stack: 'shop-production',
    planHash: 'hash',
    policy,
    policyVersion: 'policy-1',
    baseRevision: null,
    isPromotion: false,
    requester: { id: 'dana', name: 'Dana Developer' },
    requestedAt,
    expiresAt: requestedAt + policy.expiresAfterMs,
    notBefore: requestedAt,
    state: 'open',
    closed: null,
    remindedAt: null,
    escalatedAt: null,
    ...members,
  };
}
