import type { BrokenGlass } from '../../domain/broken-glass.ts';
import { type Confirmation, type FactorRequest, isFactorRequest, type Proof } from '../../domain/confirmation.ts';
import { type Deployment, namedPerson, type Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import { authorize, memberOf, rolesOf, visibleApps, whomToAsk } from '../authorize.ts';
import type { DeploymentRequest, RequestedDeployment } from '../deployment-requests.ts';
import type { Parts } from '../parts.ts';
import { composePlan } from '../plan-deployment.ts';
import { findRepeated, queueDeployment } from '../request-deployment.ts';
import { prove } from '../second-factor/prove.ts';
import { partyOf } from './approvers.ts';

/** A reason that can be looked at afterwards; “x” cannot. */
const SHORTEST_REASON = 10;

export type GlassPlace = Pick<DeploymentRequest, 'person' | 'app' | 'environment'>;

export type BreakGlassRequest = Omit<DeploymentRequest, 'reason' | 'pins' | 'latestWins'> & {
  readonly reason: string;
  readonly proof: Proof | null;
};

/** May this person break the glass there? Asks nothing that could be slow: a form has to open at once, in an incident above all. */
export async function prepareBreakGlass(parts: Parts, request: GlassPlace): Promise<null | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'break_glass', changes: true });
  return isRefusal(access) ? access : null;
}

/**
 * In an incident: past approvals, locks and freezes, by whoever holds the role `incident`, with a reason and their second factor. It is
 * said in public, stands flagged in the audit, and stays an open item until somebody else has looked at it.
 */
export async function breakGlass(parts: Parts, request: BreakGlassRequest): Promise<RequestedDeployment | FactorRequest | Refusal> {
  const { person, app, environment, origin, proof } = request;
  const repeated = await findRepeated(parts, origin);
  if (repeated !== null) return repeated;
  const denied = await prepareBreakGlass(parts, { person, app, environment });
  if (denied !== null) return denied;
  const reason = request.reason.trim();
  if (reason.length < SHORTEST_REASON) {
    return refusal(
      'reason_required',
      'Say what is broken, so that it can be looked at afterwards.',
      `At least ${SHORTEST_REASON} letters.`,
    );
  }
  const composed = await composePlan(parts, request);
  if (isRefusal(composed)) return composed;
  const { release, contents } = composed.prepared;
  const source = `${origin.platform}:${origin.channel}`;
  const confirmation: Confirmation = {
    purpose: 'break_glass',
    subject: `${app}/${environment}`,
    hash: composed.planHash,
    summary: [
      `Break the glass: deploy ${app} ${release.version} to ${environment} without approval`,
      `Reason: ${reason}`,
      'It is announced, and somebody else signs it off afterwards.',
    ],
    values: {
      app,
      environment,
      version: request.version,
      reason,
      platform: origin.platform,
      channel: origin.channel,
      groups: person.groups ?? [],
    },
  };

  return queueDeployment<FactorRequest | Refusal>(parts, {
    kind: 'deploy',
    clearance: 'break_glass',
    person,
    reason,
    origin,
    release,
    contents,
    plan: composed.plan,
    planHash: composed.planHash,
    previousVersion: composed.currentVersion,
    async before(stores, created) {
      const proven = await prove(parts, stores, { person, proof, confirmation, now: parts.clock.now(), source });
      if (isRefusal(proven) || isFactorRequest(proven)) return proven;
      await recordBroken(stores, created, reason, source, proven.proven);
      return null;
    },
  });
}

async function recordBroken(stores: Stores, deployment: Deployment, reason: string, source: string, factor: string): Promise<void> {
  const { id, app, environment, requester, planHash, requestedAt } = deployment;
  await stores.brokenGlass.insert({ deploymentId: id, app, environment, by: requester, reason, at: requestedAt, signedOff: null });
  await stores.audit.append({
    at: requestedAt,
    actor: requester.id,
    action: 'break_glass',
    subject: `${app}/${environment}`,
    source,
    result: 'done',
    details: { deployment: id, version: deployment.version, planHash, reason, factor },
  });
}

/** Open until somebody else has looked at it. */
export async function listBrokenGlass(parts: Parts, { person }: { person: Person }): Promise<readonly BrokenGlass[]> {
  return parts.database.stores.brokenGlass.open(visibleApps(parts.workspace(), person));
}

export type SignOffRequest = {
  readonly person: Person;
  readonly deploymentId: string;
  readonly note: string | null;
  readonly source: string;
};

/** Somebody who answers for the app, and is not who broke it, has looked at it. */
export async function signOff(parts: Parts, { person, deploymentId, note, source }: SignOffRequest): Promise<BrokenGlass | Refusal> {
  return parts.database.transact(async (stores) => {
    const deployment = await stores.deployments.findByPrefix(deploymentId);
    const broken = deployment === null ? null : await stores.brokenGlass.find(deployment.id);
    const unknown = refusal(
      'unknown_deployment',
      'There is no broken glass of that id that you may see.',
      'Type /reviews for what is open.',
    );
    if (broken === null) return unknown;
    const { app, environment } = broken;
    const record = {
      at: parts.clock.now(),
      actor: person.id,
      action: 'break_glass.sign_off',
      subject: `${app}/${environment}`,
      source,
      details: { deployment: broken.deploymentId, note },
    };
    const workspace = parts.workspace();
    const [me, breaker] = [await partyOf(stores, workspace, person), await partyOf(stores, workspace, broken.by)];
    const config = memberOf(workspace.apps, app);
    // Who has no role there learns no names.
    const maySee = config !== undefined && rolesOf(config, person).length > 0;
    const ask = maySee ? whomToAsk(workspace, config, 'review', broken.by.id) : null;
    if (mayBeSameHuman(me, breaker)) {
      await stores.audit.append({ ...record, result: 'refused' });
      const who = broken.by.id === person.id ? 'You broke it' : 'You may be who broke it, under another account';
      return refusal('own_request', `${who}, so somebody else has to look at it.`, ask);
    }
    const access = authorize(workspace, { person, app, environment, permission: 'review', changes: false });
    if (isRefusal(access)) {
      await stores.audit.append({ ...record, result: 'refused' });
      return access.refused === 'not_allowed' ? { ...access, hint: ask } : access;
    }
    const signedOff = { by: namedPerson(person), at: parts.clock.now(), note };
    if (!(await stores.brokenGlass.signOff(broken.deploymentId, signedOff))) {
      return refusal('already_done', 'Somebody has signed this off already.', null);
    }
    await stores.audit.append({ ...record, result: 'done' });
    await parts.database.notify(stores, 'deployment', broken.deploymentId);
    return { ...broken, signedOff };
  });
}
