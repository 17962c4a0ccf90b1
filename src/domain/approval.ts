import { type ApprovalPolicy, type Standing, standing } from './approval-policy.ts';
import type { Person } from './deployment.ts';
import type { RefusalCode } from './refusal.ts';

export const APPROVAL_STATES = ['open', 'approved', 'used', 'rejected', 'expired', 'withdrawn', 'voided'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

const NEXT: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  open: ['approved', 'rejected', 'expired', 'withdrawn', 'voided'],
  /** Everyone agreed; it waits for its turn. */
  approved: ['used', 'expired', 'withdrawn', 'voided'],
  /** Its deployment has started: it can start no other. */
  used: [],
  rejected: [],
  expired: [],
  withdrawn: [],
  voided: [],
};

export function canClose(from: ApprovalState, to: ApprovalState): boolean {
  return NEXT[from].includes(to);
}

/** Bound to one plan, one policy and what the environment ran when it was asked for. Times are epoch milliseconds. */
export type ApprovalRequest = {
  readonly id: string;
  readonly deploymentId: string;
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly planHash: string;
  readonly policy: ApprovalPolicy;
  readonly policyVersion: string;
  /** Number of the revision that the change starts from; null when the environment ran nothing. */
  readonly baseRevision: number | null;
  /** Its images come from another environment, not from what their tags name. */
  readonly isPromotion: boolean;
  readonly requester: Person;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly notBefore: number;
  readonly state: ApprovalState;
  readonly closed: { readonly at: number; readonly by: Person | null; readonly because: string | null } | null;
  readonly remindedAt: number | null;
  readonly escalatedAt: number | null;
};

export type Vote = {
  readonly person: Person;
  readonly decision: 'approve' | 'reject';
  readonly at: number;
  /** What it was confirmed with; null where the policy asks for nothing. */
  readonly factor: string | null;
  readonly reason: string | null;
  /** Groups of the platform from which they spoke. */
  readonly groups: readonly string[];
};

/** Who agreed, and which rules they may count for as things are now. */
export type Agreed = {
  readonly personId: string;
  readonly eligibleFor: readonly number[];
  /** They agreed as a member of a group, and nobody can say now whether they still are: it counts for nothing. */
  readonly isUnknown?: boolean;
};

export type VoteFacts = {
  readonly request: ApprovalRequest;
  readonly now: number;
  readonly decision: Vote['decision'];
  readonly voter: {
    readonly id: string;
    readonly isMachine: boolean;
    readonly eligibleFor: readonly number[];
    /** May they be the one who asked, under another account? */
    readonly mayBeRequester: boolean;
    /** Somebody who agreed before and may be the same human under another account. */
    readonly mayBe: string | null;
  };
  readonly agreed: readonly Agreed[];
  /** What is not as it was when this was asked for; null when all of it is. */
  readonly changed: string | null;
};

export type VoteDecision =
  | { readonly kind: 'count'; readonly standing: Standing }
  | { readonly kind: 'reject' }
  /** The request ends before anyone's vote is looked at. */
  | { readonly kind: 'close'; readonly state: 'expired' | 'voided'; readonly because: string }
  | { readonly kind: 'refuse'; readonly code: RefusalCode };

/** One vote on one request, facts in, decision out. Whatever is not allowed here is refused. */
export function decideVote({ request, now, decision, voter, agreed, changed }: VoteFacts): VoteDecision {
  if (request.state !== 'open') return { kind: 'refuse', code: 'request_over' };
  if (now >= request.expiresAt) return { kind: 'close', state: 'expired', because: 'nobody decided in time' };
  if (changed !== null) return { kind: 'close', state: 'voided', because: changed };
  if (voter.isMachine || voter.eligibleFor.length === 0) return { kind: 'refuse', code: 'not_an_approver' };
  if (voter.mayBeRequester) return { kind: 'refuse', code: 'own_request' };
  if (decision === 'reject') return { kind: 'reject' };
  // Of whom nobody knows any more whether they may, their word is taken anew.
  const hasAgreed = agreed.some(({ personId, isUnknown = false }) => personId === voter.id && !isUnknown);
  if (hasAgreed || voter.mayBe !== null) return { kind: 'refuse', code: 'already_voted' };
  const others = agreed.filter(({ personId }) => personId !== voter.id);
  const counted = [...others.map(({ eligibleFor }) => eligibleFor), voter.eligibleFor];
  return { kind: 'count', standing: standing(request.policy.rules, counted) };
}

export type RunFacts = {
  readonly request: ApprovalRequest | null;
  readonly deployment: { readonly id: string; readonly planHash: string };
  readonly now: number;
  readonly agreed: readonly Agreed[];
  readonly changed: string | null;
  /** Why the one who asked may not ask for it any more; null when they may. */
  readonly requesterMayNot: string | null;
};

export type RunDecision =
  | { readonly runs: true }
  | { readonly runs: false; readonly state: 'expired' | 'voided'; readonly because: string };

/** The last look, at the moment of execution: nothing runs that is not approved as exactly this, now, by people who may. */
export function decideRun({ request, deployment, now, agreed, changed, requesterMayNot }: RunFacts): RunDecision {
  if (request === null || request.deploymentId !== deployment.id) return voided('it was never approved');
  if (request.planHash !== deployment.planHash) return voided('what was approved is another plan');
  if (request.state !== 'approved') return voided('it is not approved');
  if (now >= request.expiresAt) return { runs: false, state: 'expired', because: 'the approval ran out before its turn came' };
  if (now < request.notBefore) return voided('its waiting time is not over');
  if (changed !== null) return voided(changed);
  if (requesterMayNot !== null) return voided(requesterMayNot);
  const { isMet } = standing(
    request.policy.rules,
    agreed.map(({ eligibleFor }) => eligibleFor),
  );
  if (isMet) return { runs: true };
  const isUnknown = agreed.some((one) => one.isUnknown === true);
  return voided(
    isUnknown ? 'it cannot be told now whether who approved it is still in their group' : 'somebody who approved it may not any more',
  );
}

function voided(because: string): RunDecision {
  return { runs: false, state: 'voided', because };
}
