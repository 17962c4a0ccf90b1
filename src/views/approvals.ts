import type { Message } from '../chat/message.ts';
import { type ApprovalCardFacts, approvalButtons, missingLine } from './approval.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { deploymentTitle } from './deployment-title.ts';
import { shortId, utcTime } from './wording.ts';

type Pending = ApprovalCardFacts & { readonly isMine: boolean; readonly mayDecide: boolean };

const SHOWN = 5;

/** `/approvals`: what waits for this person, and what they wait for themselves. */
export function approvalsView(pending: readonly Pending[], now: number): Message {
  if (pending.length === 0) return composeMessage('Nothing waits for you', 'success', [strong('✅ Nothing waits for your approval.')]);
  const forMe = pending.filter(({ mayDecide, isMine }) => mayDecide && !isMine).length;
  const title = forMe === 0 ? 'Nothing waits for you' : `${forMe} wait for you`;
  const rest = pending.length - SHOWN;
  return composeMessage(title, forMe === 0 ? 'neutral' : 'warning', [
    header(title),
    ...pending.slice(0, SHOWN).flatMap((one) => {
      const { deployment, request, rules, isMine, mayDecide } = one;
      const reason = deployment.reason === null ? '' : `: ${deployment.reason}`;
      const who = isMine ? `You asked for it${reason}` : `${request.requester.name} asked${reason}`;
      return [
        strong(`${deploymentTitle(deployment)} · ${shortId(deployment.id)}`),
        text(`${who}\n${missingLine(rules)}`),
        quiet(`Until ${utcTime(request.expiresAt, now)} UTC`),
        mayDecide && !isMine ? ({ type: 'buttons', buttons: approvalButtons(one).slice(0, 3) } as const) : null,
      ];
    }),
    rest > 0 ? quiet(`… and ${rest} more: their cards have the buttons, too.`) : null,
  ]);
}
