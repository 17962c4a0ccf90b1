import type { BrokenGlass } from '../../domain/broken-glass.ts';
import type { FactorRequest } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { RequestedDeployment } from '../deployment-requests.ts';
import { unlessResting } from '../engine-breaker.ts';
import type { Parts } from '../parts.ts';
import { askRequester, type QuestionRequest } from './ask-requester.ts';
import {
  type BreakGlassRequest,
  breakGlass,
  type GlassPlace,
  listBrokenGlass,
  prepareBreakGlass,
  type SignOffRequest,
  signOff,
} from './break-glass.ts';
import { type DecidedApproval, type DecisionRequest, decideApproval } from './decide-approval.ts';
import { listApprovals, type PendingApproval, readApproval } from './read-approvals.ts';

export type ApprovalUseCases = {
  /** One vote. With a second factor to bring it answers how; nothing is decided then. */
  decideApproval(request: DecisionRequest): Promise<DecidedApproval | FactorRequest | Refusal>;
  /** What waits, that this person may decide about or has asked for. */
  listApprovals(request: { person: Person }): Promise<readonly PendingApproval[]>;
  readApproval(request: { person: Person; request: string }): Promise<PendingApproval | Refusal>;
  /** A question of somebody who may decide, to whoever asked for it. */
  askRequester(request: QuestionRequest): Promise<PendingApproval | Refusal>;
  /** Null when this person may break the glass there; planned is nothing yet. */
  prepareBreakGlass(request: GlassPlace): Promise<null | Refusal>;
  /** Past approvals, locks and freezes, in an incident. */
  breakGlass(request: BreakGlassRequest): Promise<RequestedDeployment | FactorRequest | Refusal>;
  listBrokenGlass(request: { person: Person }): Promise<readonly BrokenGlass[]>;
  signOff(request: SignOffRequest): Promise<BrokenGlass | Refusal>;
};

export function createApprovalUseCases(parts: Parts): ApprovalUseCases {
  return {
    decideApproval: (request) => unlessResting(parts, () => decideApproval(parts, request)),
    listApprovals: (request) => listApprovals(parts, request),
    readApproval: (request) => readApproval(parts, request),
    askRequester: (request) => askRequester(parts, request),
    prepareBreakGlass: (request) => prepareBreakGlass(parts, request),
    breakGlass: (request) => unlessResting(parts, () => breakGlass(parts, request)),
    listBrokenGlass: (request) => listBrokenGlass(parts, request),
    signOff: (request) => signOff(parts, request),
  };
}
