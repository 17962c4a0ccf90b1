import { describe, expect, it } from 'vitest';
import {
  APPROVAL_STATES,
  type ApprovalRequest,
  type ApprovalState,
  canClose,
  decideRun,
  decideVote,
  type RunFacts,
  type VoteDecision,
  type VoteFacts,
} from '../../../src/domain/approval.ts';
import { anApprovalRequest } from '../../support/approvals/an-approval-request.ts';

/** By hand: where each state may lead. */
const MAY_BECOME: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  open: ['approved', 'rejected', 'expired', 'withdrawn', 'voided'],
  approved: ['used', 'expired', 'withdrawn', 'voided'],
  used: [],
  rejected: [],
  expired: [],
  withdrawn: [],
  voided: [],
};

describe('the states of a request', () => {
  it.each(APPROVAL_STATES.flatMap((from) => APPROVAL_STATES.map((to) => ({ from, to }))))('from $from to $to', ({ from, to }) => {
    expect(canClose(from, to)).toBe(MAY_BECOME[from].includes(to));
  });
});

type Flaw<Facts> = { readonly name: string; readonly of: (facts: Facts) => Facts };

/** A subset for each number: the flaws whose bits are set. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_flaw, index) => (bits >> index) % 2 === 1));
}

const request = anApprovalRequest();
const GOOD_VOTE: VoteFacts = {
  request,
  now: request.expiresAt - 1,
  decision: 'approve',
  voter: { id: 'adam', isMachine: false, eligibleFor: [0], mayBeRequester: false, mayBe: null },
  agreed: [],
  changed: null,
};

/** In the order in which they are heard: what ends the request goes before who asks, and who they are before what they say. */
const VOTE_FLAWS: readonly (Flaw<VoteFacts> & { readonly approve: Answer; readonly reject: Answer })[] = [
  ...both('expired', 'close expired', (facts) => ({ ...facts, now: request.expiresAt })),
  ...both('changed', 'close voided', (facts) => ({ ...facts, changed: 'the policy changed' })),
  ...both('machine', 'refuse not_an_approver', (facts) => ({ ...facts, voter: { ...facts.voter, isMachine: true } })),
  ...both('stranger', 'refuse not_an_approver', (facts) => ({ ...facts, voter: { ...facts.voter, eligibleFor: [] } })),
  ...both('own', 'refuse own_request', (facts) => ({ ...facts, voter: { ...facts.voter, mayBeRequester: true } })),
  {
    name: 'agreed before',
    approve: 'refuse already_voted',
    reject: 'reject',
    of: (facts) => ({ ...facts, agreed: [{ personId: 'adam', eligibleFor: [0] }] }),
  },
  {
    name: 'maybe agreed before',
    approve: 'refuse already_voted',
    reject: 'reject',
    of: (facts) => ({ ...facts, voter: { ...facts.voter, mayBe: 'slack:U1' } }),
  },
];

type Answer = string;

function both(name: string, answer: Answer, of: (facts: VoteFacts) => VoteFacts) {
  return [{ name, approve: answer, reject: answer, of }] as const;
}

function inWords(decision: VoteDecision): string {
  switch (decision.kind) {
    case 'count':
      return decision.standing.isMet ? 'count, enough' : 'count';
    case 'reject':
      return 'reject';
    case 'close':
      return `close ${decision.state}`;
    case 'refuse':
      return `refuse ${decision.code}`;
  }
}

describe('a vote', () => {
  const cases = APPROVAL_STATES.flatMap((state) => (['approve', 'reject'] as const).map((decision) => ({ state, decision })));

  it.each(cases)('to $decision what is $state is decided by the first thing that is wrong', ({ state, decision }) => {
    for (const flaws of subsets(VOTE_FLAWS)) {
      const facts = flaws.reduce<VoteFacts>((flawed, { of }) => of(flawed), { ...GOOD_VOTE, decision, request: { ...request, state } });
      const fine = decision === 'approve' ? 'count, enough' : 'reject';
      const expected = state === 'open' ? (flaws[0]?.[decision] ?? fine) : 'refuse request_over';
      expect(inWords(decideVote(facts)), flaws.map(({ name }) => name).join()).toBe(expected);
    }
  });

  it('counts until all rules are filled by people of their own', () => {
    const two: ApprovalRequest = anApprovalRequest({
      policy: {
        ...request.policy,
        rules: [
          { count: 1, from: ['owner'] },
          { count: 1, from: ['security'] },
        ],
      },
    });
    const voting = (agreed: VoteFacts['agreed'], eligibleFor: readonly number[]) =>
      inWords(decideVote({ ...GOOD_VOTE, request: two, agreed, voter: { ...GOOD_VOTE.voter, eligibleFor } }));
    expect(voting([], [0, 1])).toBe('count');
    expect(voting([{ personId: 'olga', eligibleFor: [0, 1] }], [0])).toBe('count, enough');
    expect(voting([{ personId: 'olga', eligibleFor: [0] }], [0])).toBe('count');
    // Whoever agreed and may not any more does not count.
    expect(voting([{ personId: 'olga', eligibleFor: [] }], [0])).toBe('count');
  });
});

const approved = anApprovalRequest({ state: 'approved' });
const GOOD_RUN: RunFacts = {
  request: approved,
  deployment: { id: approved.deploymentId, planHash: approved.planHash },
  now: approved.expiresAt - 1,
  agreed: [{ personId: 'adam', eligibleFor: [0] }],
  changed: null,
  requesterMayNot: null,
};

const RUN_FLAWS: readonly Flaw<RunFacts>[] = [
  { name: 'never asked', of: (facts) => ({ ...facts, request: null }) },
  { name: 'of another deployment', of: (facts) => ({ ...facts, deployment: { ...facts.deployment, id: 'another' } }) },
  { name: 'another plan', of: (facts) => ({ ...facts, deployment: { ...facts.deployment, planHash: 'another' } }) },
  { name: 'expired', of: (facts) => ({ ...facts, now: approved.expiresAt }) },
  { name: 'changed', of: (facts) => ({ ...facts, changed: 'the policy changed' }) },
  { name: 'requester', of: (facts) => ({ ...facts, requesterMayNot: 'who asked for it may not any more' }) },
  { name: 'too few', of: (facts) => ({ ...facts, agreed: [{ personId: 'adam', eligibleFor: [] }] }) },
  {
    name: 'unknown',
    of: (facts) => ({ ...facts, agreed: [{ personId: 'adam', eligibleFor: [], isUnknown: true }] }),
  },
  { name: 'nobody', of: (facts) => ({ ...facts, agreed: [] }) },
];

describe('the last look', () => {
  it('lets run what is approved as exactly this', () => {
    expect(decideRun(GOOD_RUN)).toEqual({ runs: true });
  });

  it('lets nothing run that anything is wrong with', () => {
    for (const flaws of subsets(RUN_FLAWS)) {
      const verdict = decideRun(flaws.reduce<RunFacts>((facts, { of }) => of(facts), GOOD_RUN));
      expect(verdict.runs, flaws.map(({ name }) => name).join()).toBe(flaws.length === 0);
    }
  });

  it.each(APPROVAL_STATES)('of a request that is %s', (state) => {
    const verdict = decideRun({ ...GOOD_RUN, request: { ...approved, state } });
    expect(verdict).toMatchObject(state === 'approved' ? { runs: true } : { runs: false, state: 'voided', because: 'it is not approved' });
  });

  it.each([
    ['never asked', 'voided', 'it was never approved'],
    ['of another deployment', 'voided', 'it was never approved'],
    ['another plan', 'voided', 'what was approved is another plan'],
    ['expired', 'expired', 'the approval ran out before its turn came'],
    ['changed', 'voided', 'the policy changed'],
    ['requester', 'voided', 'who asked for it may not any more'],
    ['too few', 'voided', 'somebody who approved it may not any more'],
    ['unknown', 'voided', 'it cannot be told now whether who approved it is still in their group'],
  ])('says why: %s', (name, state, because) => {
    const flaw = RUN_FLAWS.find((one) => one.name === name);
    expect(flaw && decideRun(flaw.of(GOOD_RUN))).toEqual({ runs: false, state, because });
  });

  it('lets nothing run before its waiting time is over', () => {
    const waiting = { ...approved, notBefore: GOOD_RUN.now + 1 };
    expect(decideRun({ ...GOOD_RUN, request: waiting })).toMatchObject({ runs: false });
    expect(decideRun({ ...GOOD_RUN, request: { ...waiting, notBefore: GOOD_RUN.now } })).toEqual({ runs: true });
  });
});
