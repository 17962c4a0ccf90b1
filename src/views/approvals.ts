import type { Element, Message } from '../chat/message.ts';
import { type ApprovalCardFacts, approvalButtons, missingLine } from './approval.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { deploymentTitle } from './deployment-title.ts';
import { count, shortId } from './wording.ts';

export type PendingFacts = ApprovalCardFacts & { readonly isMine: boolean; readonly mayDecide: boolean };

const SHOWN = 5;

/** `/approvals`: what waits for this person, and what they wait for themselves. */
export function approvalsView(pending: readonly PendingFacts[]): Message {
  if (pending.length === 0) return composeMessage('Nothing waits for you', 'success', [strong('✅ Nothing waits for your approval.')]);
  const forMe = pending.filter(({ mayDecide, isMine }) => mayDecide && !isMine).length;
  const mine = pending.filter(({ isMine }) => isMine).length;
  const title = titleOf(forMe, mine, pending.length);
  return composeMessage(title, forMe === 0 ? 'neutral' : 'warning', [header(title), ...pendingElements(pending)]);
}

function titleOf(forMe: number, mine: number, all: number): string {
  if (forMe > 0) return `${count(forMe, 'request')} for you to decide`;
  return mine > 0
    ? `${count(mine, 'request')} of yours ${mine === 1 ? 'waits' : 'wait'}`
    : `${count(all, 'request')} ${all === 1 ? 'waits' : 'wait'} for others`;
}

/** The same as part of another page; nothing when nothing waits. */
export function pendingElements(pending: readonly PendingFacts[]): readonly (Element | null)[] {
  const rest = pending.length - SHOWN;
  return [
    ...pending.slice(0, SHOWN).flatMap((one) => {
      const { deployment, request, rules, isMine, mayDecide } = one;
      const reason = deployment.reason === null ? '' : `: ${deployment.reason}`;
      const who = isMine ? `You asked for it${reason}` : `${request.requester.name} asked${reason}`;
      return [
        strong(`🔐 ${deploymentTitle(deployment)} · ${shortId(deployment.id)}`),
        text(`${who}\n${missingLine(rules)}`),
        { type: 'time', label: 'Expires', at: request.expiresAt } as const,
        mayDecide && !isMine ? ({ type: 'buttons', buttons: approvalButtons(one).slice(0, 3) } as const) : null,
      ];
    }),
    rest > 0 ? quiet(`… and ${rest} more: their cards have the buttons, too.`) : null,
  ];
}
