import type { DecisionRequest } from '../src/application/approvals/decide-approval.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import { isFactorRequest } from '../src/domain/confirmation.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import type { App } from './app.ts';
import { approveForm, rejectForm } from './approval-forms.ts';
import { askForFactor, refused, sourceOf } from './replies.ts';

type Decision = Pick<DecisionRequest, 'request' | 'decision' | 'reason' | 'proof'>;

/** The form to decide by. Whoever may not decide, or comes too late, is told at once and not after it. */
export async function askToDecide(useCases: App, id: string, decision: Decision['decision'], context: CommandContext): Promise<Reply> {
  const found = await useCases.readApproval({ person: context.person, request: id });
  if (isRefusal(found)) return refused(found);
  const { request, deployment, mayDecide } = found;
  if (request.state !== 'open' || !mayDecide)
    return decide(useCases, { request: request.id, decision, reason: null, proof: null }, context);
  const isYes = decision === 'approve';
  return {
    kind: 'form',
    form: isYes ? approveForm(request.id, deployment, request.policy.secondFactor) : rejectForm(request.id, deployment),
  };
}

/** One vote; the card, which says how things stand, is the answer. */
export async function decide(useCases: App, decision: Decision, context: CommandContext): Promise<Reply> {
  const decided = await useCases.decideApproval({
    ...decision,
    person: context.person,
    source: sourceOf(context),
  });
  if (isRefusal(decided)) return refused(decided);
  if (isFactorRequest(decided))
    return askForFactor(decided, 'your approval', {
      words: 'Press Approve again, and type the code of your authenticator app. A comment has to be typed again, too.',
    });
  return { kind: 'card', deploymentId: decided.deploymentId };
}
