import { abandoned, type Step } from '../../domain/delivery.ts';
import type { Candidate } from '../../domain/delivery-choice.ts';
import type { DeliveryBudget } from '../../ports/messenger.ts';
import type { RequestStep } from './apply-result.ts';
import { channelOf, type OpenMessage, type OpenMessages } from './open-messages.ts';
import { isUnsettledDetail, urgencyOf } from './urgency.ts';

export type Sendable = { readonly open: OpenMessage; readonly step: RequestStep; readonly candidate: Candidate };

export type Found = {
  readonly sendable: readonly Sendable[];
  /** Those whose place has to be found out first. */
  readonly unaddressed: readonly OpenMessage[];
  /** When time alone makes another one ready; null when nothing waits for time. */
  readonly wakeAt: number | null;
};

/** Of a minute's edits: what a workspace works off in some seconds. */
const CROWDED_SHARE = 0.2;

/** Which messages could be sent now, budgets aside. What has no chance any more is given up on the way. */
export function findSendable(messages: OpenMessages, budget: DeliveryBudget, holdMs: number, now: number): Found {
  const crowded = crowdedWorkspaces(messages, budget);
  const sendable: Sendable[] = [];
  const unaddressed: OpenMessage[] = [];
  let wakeAt: number | null = null;
  for (const open of [...messages.all()]) {
    if (open.isBusy) continue;
    const step = held(open, messages.stepOf(open, now));
    switch (step.kind) {
      case 'nothing':
        break;
      case 'wait':
        if (step.until !== null) wakeAt = Math.min(wakeAt ?? step.until, step.until);
        break;
      case 'give_up':
        messages.update(open, abandoned(open.delivery, step.reason));
        break;
      default:
        if (open.address?.kind === 'known' && now < open.address.until)
          sendable.push({ open, step, candidate: candidateOf(open, step, budget) });
        else if (!open.isAddressing) unaddressed.push(open);
    }
  }
  return { sendable, unaddressed, wakeAt };

  function held(open: OpenMessage, step: Step): Step {
    const { message } = open.desired;
    if (step.kind !== 'post' || !crowded.has(budget.workspaceOf(message.channel)) || !isUnsettledDetail(message, open.delivery))
      return step;
    const until = open.since + holdMs;
    return until > now ? { kind: 'wait', until } : step;
  }
}

/** Workspaces in which more is to be edited, now or once it is settled, than the platform lets through soon. */
function crowdedWorkspaces(messages: OpenMessages, { editsPerMinute, workspaceOf }: DeliveryBudget): ReadonlySet<string> {
  const crowded = new Set<string>();
  if (editsPerMinute === null) return crowded;
  const counts = new Map<string, number>();
  for (const { delivery, desired } of messages.all()) {
    if (delivery.remoteId === null && !isUnsettledDetail(desired.message, delivery)) continue;
    const workspace = workspaceOf(desired.message.channel);
    const count = (counts.get(workspace) ?? 0) + 1;
    counts.set(workspace, count);
    if (count > editsPerMinute * CROWDED_SHARE) crowded.add(workspace);
  }
  return crowded;
}

function candidateOf(open: OpenMessage, step: RequestStep, { workspaceOf }: DeliveryBudget): Candidate {
  const { address, desired, delivery, since } = open;
  return {
    id: desired.message.id,
    operation: step.kind,
    urgency: urgencyOf(desired.message, delivery),
    channel: channelOf(open),
    workspace: workspaceOf(desired.message.channel),
    isPrivate: address?.kind === 'known' && address.onlyFor !== null,
    since,
  };
}
