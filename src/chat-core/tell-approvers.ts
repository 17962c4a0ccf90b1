import type { DeploymentDetails } from '../application/use-cases.ts';
import type { ApprovalRequest } from '../domain/approval.ts';
import { canonicalJson } from '../domain/json.ts';
import { humanBehind } from '../domain/machine.ts';
import type { Logger } from '../ports/logger.ts';
import { type ApprovalCardFacts, approvalMessage, approvalNudge, type NudgeKind } from '../views/approval.ts';
import { LARGE_GROUP, peopleOf } from './people-of.ts';
import { type TellParts, tellPerson } from './tell-person.ts';
import { remindReviewers } from './tell-reviewers.ts';
import type { WrittenMessages } from './written-messages.ts';

/**
 * Each approver has a copy of the request to decide by, alone, on every platform where they can be reached; when it is over it says
 * who decided and why. Members of a platform's group have one, too, where the platform names them; of a large group nobody has.
 * Whatever else was posted to people about it, reminders, escalations and the copies of those who may not decide any more, is kept true, too.
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
  await keepTrue(parts, written, facts, text);
}

/** Where it stands, whoever is reached there today; nothing is posted anew. Once it is over nothing is added, and nobody decides any more. */
async function keepTrue(parts: TellParts, written: WrittenMessages, facts: ApprovalCardFacts, text: string): Promise<void> {
  const { request, deployment } = facts;
  const all = { platform: 'everybody', channel: request.id };
  if (request.state !== 'open' && written.idOf(deployment.id, all, request.id, text) !== null) return;
  const approvers = await approversOf(parts, request);
  for (const { key, ...where } of await parts.database.stores.messages.standing(approvalKey(request.id, ''))) {
    const { personId, kind } = readKey(request.id, key);
    const mayDecide = approvers.includes(personId);
    const content =
      kind === null ? approvalMessage(facts, mayDecide) : approvalNudge(facts, kind, mayDecide && !hasDecided(facts, personId));
    const message = { ...where, key, threadRoot: null, author: { kind: 'bot' }, content, at: parts.clock.now() } as const;
    await parts.database.transact(async (stores) => {
      const { message: stored, changed } = await stores.messages.upsert(message);
      if (changed) await parts.database.notify(stores, 'message', stored.id);
    });
  }
  if (request.state !== 'open') written.remember(deployment.id, all, request.id, text, request.id);
}

/** The key of one approver's copy of a request. */
export function approvalKey(requestId: string, personId: string): string {
  return `approval:${requestId}:${personId}`;
}

function nudgeKey(requestId: string, personId: string, kind: NudgeKind): string {
  return `${approvalKey(requestId, personId)}:${kind}`;
}

function readKey(requestId: string, key: string): { readonly personId: string; readonly kind: NudgeKind | null } {
  const rest = key.slice(approvalKey(requestId, '').length);
  const kind = NUDGES.find((one) => rest.endsWith(`:${one}`)) ?? null;
  return { personId: kind === null ? rest : rest.slice(0, -kind.length - 1), kind };
}

function cardFacts({ approval, deployment }: DeploymentDetails): ApprovalCardFacts | null {
  return approval === null ? null : { ...approval, deployment };
}

function toldOf(parts: TellParts, request: ApprovalRequest): Promise<readonly string[]> {
  return approversOf(parts, request, LARGE_GROUP);
}

/** Who may decide as far as they are known by name, without who asked; members of groups up to a size. */
async function approversOf(parts: TellParts, { app, policy, requester }: ApprovalRequest, largest = Infinity): Promise<readonly string[]> {
  const from = policy.rules.flatMap((rule) => rule.from);
  return (await peopleOf(parts, app, from, largest)).filter((id) => id !== humanBehind(requester.id));
}

function hasDecided({ votes }: ApprovalCardFacts, personId: string): boolean {
  return votes.some(({ person }) => person.id === personId);
}

const NUDGES: readonly NudgeKind[] = ['reminder', 'escalation'];

export type NudgeParts = TellParts & {
  readonly readDeployment: (id: string) => Promise<DeploymentDetails | null>;
  readonly logger: Logger;
};

const EVERY_MS = 5000;
const AT_ONCE = 50;

/**
 * Reminds whoever has not decided, once, and then tells whoever the policy escalates to, once; of any number of processes one does.
 * Whoever may sign off broken glass is reminded of it, too.
 */
export async function nudgeApprovers(parts: NudgeParts, signal: AbortSignal): Promise<void> {
  const reminded = new Set<string>();
  while (!signal.aborted) {
    try {
      await remindReviewers(parts, reminded);
    } catch (error) {
      parts.logger.warn({ error }, 'nobody could be reminded of broken glass; trying again');
    }
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
    const others = people.filter((id) => id !== humanBehind(request.requester.id));
    await tellOnce(parts, facts, 'escalation', others);
  }
}

async function undecided(parts: TellParts, facts: ApprovalCardFacts, from: readonly string[]): Promise<readonly string[]> {
  const { app, requester } = facts.request;
  return (await peopleOf(parts, app, from)).filter((id) => id !== humanBehind(requester.id) && !hasDecided(facts, id));
}

/** That they were told and that it is noted are one transaction. */
async function tellOnce(parts: NudgeParts, facts: ApprovalCardFacts, kind: NudgeKind, people: readonly string[]): Promise<void> {
  const { id, app, environment, deploymentId } = facts.request;
  const approvers = await approversOf(parts, facts.request);
  await parts.database.transact(async (stores) => {
    const now = parts.clock.now();
    const isOurs = kind === 'reminder' ? await stores.approvals.noteReminded(id, now) : await stores.approvals.noteEscalated(id, now);
    if (!isOurs) return;
    for (const person of people) {
      const message = approvalNudge(facts, kind, approvers.includes(person) && !hasDecided(facts, person));
      await tellPerson(parts, person, nudgeKey(id, person, kind), message, stores);
    }
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
