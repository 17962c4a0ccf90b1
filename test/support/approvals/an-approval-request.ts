import type { ApprovalRequest } from '../../../src/domain/approval.ts';
import { aRequest } from '../approval-builders.ts';
import { policyOf } from './cast.ts';

/** Open, and asked for by Dana; one owner has to agree within the hour. */
export function anApprovalRequest(members: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const policy = policyOf([{ count: 1, from: ['owner'] }]);
  const requestedAt = Date.UTC(2026, 10, 21, 12);
  return aRequest({
    id: 'request-1',
    policy,
    requester: { id: 'dana', name: 'Dana Developer' },
    requestedAt,
    expiresAt: requestedAt + policy.expiresAfterMs,
    notBefore: requestedAt,
    ...members,
  });
}
