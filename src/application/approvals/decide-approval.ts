import { type ApprovalRequest, decideVote, type Vote } from '../../domain/approval.ts';
import { type Confirmation, type FactorRequest, isFactorRequest, type Proof } from '../../domain/confirmation.ts';
import { type Deployment, namedPerson, type Person } from '../../domain/deployment.ts';
import { isFinal } from '../../domain/deployment-state.ts';
import { isMachine } from '../../domain/machine.ts';
import { isRefusal, type Refusal, type RefusalCode, refusal } from '../../domain/refusal.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import { asGrantedNow } from '../access/as-granted-now.ts';
import { authorize, memberOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { prove } from '../second-factor/prove.ts';
import { wakeWorker } from '../wake-worker.ts';
import { agreedNow, eligibleFor, isApprover, partyOf, peopleBehind } from './approvers.ts';
import { approvalRecord, closeRequest } from './close-request.ts';
import { changedAnywhere, changedHere } from './what-changed.ts';

export type DecisionRequest = {
  readonly person: Person;
  /** An approval request's id, or its deployment's (also the short form). */
  readonly request: string;
  readonly decision: Vote['decision'];
  readonly reason: string | null;
  /** Null where the policy asks for one: the answer says how to bring it. */
  readonly proof: Proof | null;
  readonly source: string;
};

export type DecidedApproval = {
  readonly deploymentId: string;
  /** `counted`: others have to agree, too. */
  readonly outcome: 'counted' | 'approved' | 'rejected';
};

type Found = { readonly request: ApprovalRequest; readonly deployment: Deployment };

/**
 * One person's vote. The request's row is locked, so that double clicks, a yes against a no and the last yes against the expiry have
 * one order; the vote, the factor that confirmed it and its record are one transaction. What the approval is bound to is looked
 * at again before each vote, and a request that does not hold any more ends in public instead of being voted on.
 */
export async function decideApproval(parts: Parts, asked: DecisionRequest): Promise<DecidedApproval | FactorRequest | Refusal> {
  const found = await findRequest(parts, asked.person, asked.request);
  if (isRefusal(found)) return found;
  const looked = found.request.state === 'open' ? await lookAgain(parts, found) : null;
  // Nobody agrees to what cannot be compared now; to say no, it need not be.
  if (isRefusal(looked) && asked.decision === 'approve') return looked;
  const changed = isRefusal(looked) ? null : looked;
  const outcome = await parts.database.transact(async (stores) => {
    const request = await stores.approvals.lock(found.request.id);
    const deployment = await stores.deployments.find(found.deployment.id);
    if (request === null || deployment === null) return unknownRequest();
    // Cancelled or superseded: the request ends with it in a moment, and is over for whoever votes now.
    if (request.state === 'open' && isFinal(deployment.state))
      return refused(parts, 'request_over', { ...request, state: 'withdrawn' }, asked.person);
    return decide(await asGrantedNow(parts, stores), stores, { request, deployment }, asked, changed);
  });
  if (!isRefusal(outcome) && !isFactorRequest(outcome) && outcome.outcome === 'approved') await wakeWorker(parts, outcome.deploymentId);
  return outcome;
}

/** By id or by deployment, for somebody who may see the app; whoever may not learns nothing. */
export async function findRequest(parts: Parts, person: Person, id: string): Promise<Found | Refusal> {
  const { approvals, deployments } = parts.database.stores;
  const byId = await approvals.find(id);
  const deployment = byId === null ? await deployments.findByPrefix(id) : await deployments.find(byId.deploymentId);
  const request = byId ?? (deployment === null ? null : await approvals.findByDeployment(deployment.id));
  if (deployment === null || request === null) return unknownRequest();
  const { app, environment } = request;
  if (isRefusal(authorize(parts.workspace(), { person, app, environment, permission: 'view', changes: false }))) {
    if (!isApprover(parts.workspace(), request, person)) return unknownRequest();
  }
  return { request, deployment };
}

async function lookAgain(parts: Parts, { request, deployment }: Found): Promise<string | Refusal | null> {
  const release = await parts.database.stores.releases.find(deployment.releaseId);
  if (release === null) return 'its release is not stored any more';
  return deployment.kind === 'rollback' ? changedHere(parts, parts.database.stores, request) : changedAnywhere(parts, request, release);
}

async function decide(
  parts: Parts,
  stores: Stores,
  { request, deployment }: Found,
  { person, decision, reason, proof, source }: DecisionRequest,
  changed: string | null,
): Promise<DecidedApproval | FactorRequest | Refusal> {
  const now = parts.clock.now();
  const workspace = parts.workspace();
  const app = memberOf(workspace.apps, request.app);
  const { rules, secondFactor } = request.policy;
  const votes = await stores.approvals.votesOf(request.id);
  const me = await partyOf(stores, workspace, person);
  const agreed = await agreedNow(stores, workspace, request, votes, now);
  const sure = agreed.filter(({ isUnknown = false }) => !isUnknown);
  const others = await Promise.all(sure.map(({ personId }) => partyOf(stores, workspace, { id: personId, name: personId })));
  const verdict = decideVote({
    request,
    now,
    decision,
    voter: {
      id: person.id,
      isMachine: isMachine(person.id),
      eligibleFor: app === undefined ? [] : eligibleFor(workspace, app, rules, person),
      mayBeRequester: mayBeSameHuman(await partyOf(stores, workspace, request.requester), me),
      mayBe: others.find((other) => other.id !== person.id && mayBeSameHuman(other, me))?.id ?? null,
    },
    agreed,
    changed: changed ?? (await changedHere(parts, stores, request)),
  });

  if (verdict.kind === 'close') {
    await closeRequest(parts, stores, request, { state: verdict.state, by: null, because: verdict.because, source });
    return overNow(verdict.state, verdict.because, request);
  }
  if (verdict.kind === 'refuse') {
    await stores.audit.append(approvalRecord(parts, request, `approval.${decision}`, person.id, source, 'refused', { why: verdict.code }));
    return refused(parts, verdict.code, request, person);
  }
  if (verdict.kind === 'reject') {
    if (reason === null || reason.trim() === '') {
      return refusal('reason_required', 'A rejection says why, so that it can be mended.', `Type /reject ${request.deploymentId} <reason>`);
    }
    await stores.approvals.vote(request.id, voteOf(person, decision, now, null, reason));
    await closeRequest(parts, stores, request, { state: 'rejected', by: person, because: reason, source });
    return { deploymentId: request.deploymentId, outcome: 'rejected' };
  }

  const confirmation = approvalConfirmation(request, deployment, person, reason);
  const proven = secondFactor ? await prove(parts, stores, { person, proof, confirmation, now, source }) : null;
  if (isRefusal(proven) || isFactorRequest(proven)) return proven;
  const isRenewed = votes.some((vote) => vote.person.id === person.id && vote.decision === decision);
  const keep = isRenewed ? 'renewVote' : 'vote';
  await stores.approvals[keep](request.id, voteOf(person, decision, now, proven?.proven ?? null, reason));
  const details = { factor: proven?.proven ?? null, reason, filled: verdict.standing.filled };
  await stores.audit.append(approvalRecord(parts, request, 'approval.approve', person.id, source, 'done', details));
  if (verdict.standing.isMet) {
    const closed = { at: now, by: null, because: null };
    await stores.approvals.close(request.id, 'open', 'approved', closed);
    const labels = { app: request.app, environment: request.environment, outcome: 'approved' };
    parts.metrics.approvalEnded(labels, now - request.requestedAt);
    if (now >= request.notBefore) await releaseToQueue(stores, request.deploymentId);
  }
  await parts.database.notify(stores, 'deployment', request.deploymentId);
  return { deploymentId: request.deploymentId, outcome: verdict.standing.isMet ? 'approved' : 'counted' };
}

/** Everything that makes this approval this one; the page shows the lines, a passkey's challenge holds all of it. */
function approvalConfirmation(request: ApprovalRequest, deployment: Deployment, person: Person, reason: string | null): Confirmation {
  const from = deployment.previousVersion === null ? '' : `${deployment.previousVersion} → `;
  return {
    purpose: 'approve',
    subject: request.id,
    hash: request.planHash,
    summary: [
      `Approve ${request.app} ${request.environment}: ${from}${deployment.version}`,
      `Asked for by ${request.requester.name}${deployment.reason === null ? '' : `: ${deployment.reason}`}`,
      `Plan ${request.planHash.slice(0, 12)}`,
    ],
    values: { request: request.id, reason, groups: person.groups ?? [] },
  };
}

function voteOf(person: Person, decision: Vote['decision'], at: number, factor: string | null, reason: string | null): Vote {
  return { person: namedPerson(person), decision, at, factor, reason, groups: person.groups ?? [] };
}

export async function releaseToQueue(stores: Stores, deploymentId: string): Promise<void> {
  await stores.deployments.transition(deploymentId, 'awaiting_approval', 'queued', {}, null);
}

function overNow(state: 'expired' | 'voided', because: string, { app, environment }: ApprovalRequest): Refusal {
  const what = state === 'expired' ? `It is too late: ${because}.` : `This request is void now: ${because}.`;
  return refusal('request_over', what, `Nothing runs. Ask again with /deploy ${app} ${environment}, and approve that.`);
}

function refused(parts: Parts, code: RefusalCode, request: ApprovalRequest, person: Person): Refusal {
  const { app, environment, state } = request;
  switch (code) {
    case 'request_over':
      return refusal(code, `Somebody was faster: this request is ${state} already.`, 'Its card says who decided, and when.');
    case 'own_request':
      if (person.id === request.requester.id) {
        return refusal(code, 'You asked for this, so somebody else has to approve it.', 'To take it back, withdraw it on its card.');
      }
      return refusal(
        code,
        'You may be the one who asked, under another account, so somebody else has to approve it.',
        'To prove that you are somebody else, type /link where you are known.',
      );
    case 'already_voted':
      return refusal(code, 'You, or an account that may be yours, approved this already.', 'Another person has to agree.');
    default: {
      const config = memberOf(parts.workspace().apps, app);
      const from = request.policy.rules.flatMap((rule) => rule.from);
      const names = config === undefined ? [] : peopleBehind(parts.workspace(), config, from).map(({ name }) => name);
      const who = names.length === 0 ? from.join(', ') : names.join(', ');
      return refusal('not_an_approver', `You may not approve deployments of ${app} ${environment}.`, `These may: ${who}.`);
    }
  }
}

function unknownRequest(): Refusal {
  return refusal('unknown_request', 'There is no such approval request that you may see.', 'Type /approvals for those that wait for you.');
}
