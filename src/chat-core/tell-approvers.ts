import { peopleBehind, platformGroupsOf } from '../application/approvals/approvers.ts';
import { memberOf } from '../application/authorize.ts';
import type { DeploymentDetails } from '../application/use-cases.ts';
import type { ApprovalRequest } from '../domain/approval.ts';
import { canonicalJson } from '../domain/json.ts';
import type { Logger } from '../ports/logger.ts';
import { type ApprovalCardFacts, approvalMessage, approvalNudge } from '../views/approval.ts';
import { type TellParts, tellPerson } from './tell-person.ts';
import type { WrittenMessages } from './written-messages.ts';

/**
 * Each approver has a copy of the request to decide by, alone, on every platform where they can be reached; when it is over it says
 * who decided and why. Members of a platform's group have one, too, where the platform names them; of a large group nobody has.
 */
export async function projectApproval(parts: TellParts, written: WrittenMessages, details: DeploymentDetails): Promise<void> {
  const facts = cardFacts(details);
  if (facts === null) return;
  const { request, deployment } = facts;
  const message = approvalMessage(facts);
  const text = canonicalJson(message);
  for (const id of await toldOf(parts, request)) {
    const place = { platform: 'person', channel: id };
    const key = approvalKey(request.id, id);
    if (written.idOf(deployment.id, place, key, text) !== null) continue;
    await tellPerson(parts, id, key, message);
    written.remember(deployment.id, place, key, text, key);
  }
}

/** The key of one approver's copy of a request. */
export function approvalKey(requestId: string, personId: string): string {
  return `approval:${requestId}:${personId}`;
}

function cardFacts({ approval, deployment }: DeploymentDetails): ApprovalCardFacts | null {
  return approval === null ? null : { ...approval, deployment };
}

async function toldOf(parts: TellParts, { app, policy, requester }: ApprovalRequest): Promise<readonly string[]> {
  const from = policy.rules.flatMap((rule) => rule.from);
  return (await peopleOf(parts, app, from)).filter((id) => id !== requester.id);
}

/** A group with more members than this is told by its channel: nobody decides faster because a hundred were asked. */
const LARGE_GROUP = 30;

/** By name, and as members of a platform's group that is not large. */
async function peopleOf({ workspace, database }: TellParts, app: string, from: readonly string[]): Promise<readonly string[]> {
  const config = memberOf(workspace().apps, app);
  if (config === undefined) return [];
  const named = peopleBehind(workspace(), config, from).map(({ id }) => id);
  const members = await Promise.all(
    platformGroupsOf(workspace(), config, from).map((group) => database.stores.memberships.membersOf([group])),
  );
  return [...new Set([...named, ...members.filter(({ length }) => length <= LARGE_GROUP).flat()])];
}

export type NudgeParts = TellParts & {
  readonly readDeployment: (id: string) => Promise<DeploymentDetails | null>;
  readonly logger: Logger;
};

const EVERY_MS = 5000;
const AT_ONCE = 50;

/** Reminds whoever has not decided, once, and then tells whoever the policy escalates to, once; of any number of processes one does. */
export async function nudgeApprovers(parts: NudgeParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const request of await parts.database.stores.approvals.toNudge(parts.clock.now(), AT_ONCE)) await nudge(parts, request);
    } catch (error) {
      parts.logger.warn({ error }, 'approvers could not be reminded; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

async function nudge(parts: NudgeParts, request: ApprovalRequest): Promise<void> {
  const details = await parts.readDeployment(request.deploymentId);
  const facts = details === null ? null : cardFacts(details);
  if (facts === null) return;
  const now = parts.clock.now();
  const { remindAfterMs, escalateAfterMs, escalateTo } = request.policy;
  const unfilled = facts.rules.filter(({ filled, count }) => filled < count).flatMap((rule) => rule.from);
  if (request.remindedAt === null && now >= request.requestedAt + remindAfterMs) {
    await tellOnce(parts, facts, 'reminder', await undecided(parts, facts, unfilled));
  }
  if (escalateAfterMs !== null && request.escalatedAt === null && now >= request.requestedAt + escalateAfterMs) {
    const people = await peopleOf(parts, request.app, escalateTo);
    const others = people.filter((id) => id !== request.requester.id);
    await tellOnce(parts, facts, 'escalation', others);
  }
}

async function undecided(parts: TellParts, { request, votes }: ApprovalCardFacts, from: readonly string[]): Promise<readonly string[]> {
  const isOut = (id: string): boolean => id === request.requester.id || votes.some(({ person }) => person.id === id);
  return (await peopleOf(parts, request.app, from)).filter((id) => !isOut(id));
}

/** That they were told and that it is noted are one transaction. */
async function tellOnce(
  parts: NudgeParts,
  facts: ApprovalCardFacts,
  kind: 'reminder' | 'escalation',
  people: readonly string[],
): Promise<void> {
  const { id, app, environment, deploymentId } = facts.request;
  await parts.database.transact(async (stores) => {
    const now = parts.clock.now();
    const isOurs = kind === 'reminder' ? await stores.approvals.noteReminded(id, now) : await stores.approvals.noteEscalated(id, now);
    if (!isOurs) return;
    for (const person of people) await tellPerson(parts, person, `approval:${id}:${person}:${kind}`, approvalNudge(facts, kind), stores);
    await stores.audit.append({
      at: now,
      actor: 'system',
      action: `approval.${kind}`,
      subject: `${app}/${environment}`,
      source: 'system',
      result: 'done',
      details: { request: id, deployment: deploymentId, people: [...people] },
    });
  });
}
