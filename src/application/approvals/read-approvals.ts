import type { ApprovalRequest } from '../../domain/approval.ts';
import type { ApprovalFacts } from '../../domain/approval-facts.ts';
import { standing } from '../../domain/approval-policy.ts';
import type { Deployment, Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import { memberOf, rolesOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { agreedNow, approvesSomewhere, hasPlatformGroup, isApprover, partyOf, peopleBehind } from './approvers.ts';
import { backgroundOf } from './background.ts';
import { findRequest } from './decide-approval.ts';

/** Null when nobody had to be asked. */
export async function approvalOf(parts: Parts, stores: Stores, deployment: Deployment): Promise<ApprovalFacts | null> {
  if (deployment.clearance !== 'approval') return null;
  const request = await stores.approvals.findByDeployment(deployment.id);
  return request === null ? null : describe(parts, stores, request, deployment);
}

async function describe(parts: Parts, stores: Stores, request: ApprovalRequest, deployment: Deployment): Promise<ApprovalFacts> {
  const votes = await stores.approvals.votesOf(request.id);
  // A card of what is decided says who did. It is drawn with every step of a rollout, so nothing else is asked for then.
  if (request.state !== 'open') return { request, votes, rules: [], background: NOTHING_KNOWN };
  const workspace = parts.workspace();
  const app = memberOf(workspace.apps, request.app);
  const { rules } = request.policy;
  const agreed = await agreedNow(stores, workspace, request, votes, parts.clock.now());
  const { filled } = standing(
    rules,
    agreed.map(({ eligibleFor: own }) => own),
  );
  const isOut = (id: string): boolean => id === request.requester.id || votes.some(({ person }) => person.id === id);
  return {
    request,
    votes,
    background:
      app === undefined
        ? NOTHING_KNOWN
        : await backgroundOf(parts, stores, app, memberOf(workspace.environments, request.environment), deployment),
    rules: rules.map((rule, index) => ({
      ...rule,
      filled: filled[index] ?? 0,
      open: app === undefined ? [] : peopleBehind(workspace, app, rule.from).filter(({ id }) => !isOut(id)),
      hasPlatformGroup: app !== undefined && hasPlatformGroup(workspace, app, rule.from),
    })),
  };
}

/** It is decided, or the app is not in shipmate.yml any more. */
const NOTHING_KNOWN = { commits: null, trial: null, wayBack: null, risks: [] } as const;

export type PendingApproval = ApprovalFacts & { readonly deployment: Deployment; readonly isMine: boolean; readonly mayDecide: boolean };

const SHOWN = 50;
const LOOKED_AT = 1000;

/** `/approvals`: what waits, that this person may decide about or has asked for. */
export async function listApprovals(parts: Parts, { person }: { person: Person }): Promise<readonly PendingApproval[]> {
  const { stores } = parts.database;
  const workspace = parts.workspace();
  // Of all others nothing can be theirs.
  const apps = Object.values(workspace.apps).filter((app) => rolesOf(app, person).length > 0 || approvesSomewhere(workspace, app, person));
  const open = await stores.approvals.openOf(
    apps.map(({ name }) => name),
    LOOKED_AT,
  );
  const concerning = open.filter((request) => request.requester.id === person.id || isApprover(workspace, request, person));
  const described = await Promise.all(
    concerning.slice(0, SHOWN).map(async (request) => {
      const deployment = await stores.deployments.find(request.deploymentId);
      if (deployment === null) return [];
      return [
        {
          ...(await describe(parts, stores, request, deployment)),
          deployment,
          isMine: request.requester.id === person.id,
          mayDecide: await mayDecide(parts, request, person),
        },
      ];
    }),
  );
  return described.flat();
}

/** Whoever asked decides about nothing, under no account that may be theirs: they are told so before a form asks them anything. */
async function mayDecide(parts: Parts, request: ApprovalRequest, person: Person): Promise<boolean> {
  const workspace = parts.workspace();
  if (!isApprover(workspace, request, person)) return false;
  const { stores } = parts.database;
  return !mayBeSameHuman(await partyOf(stores, workspace, request.requester), await partyOf(stores, workspace, person));
}

/** “Who can unblock this now?” */
export async function readApproval(
  parts: Parts,
  { person, request }: { person: Person; request: string },
): Promise<PendingApproval | Refusal> {
  const found = await findRequest(parts, person, request);
  if (isRefusal(found)) return found;
  const facts = await describe(parts, parts.database.stores, found.request, found.deployment);
  return {
    ...facts,
    deployment: found.deployment,
    isMine: found.request.requester.id === person.id,
    mayDecide: await mayDecide(parts, found.request, person),
  };
}
