import type { CommandContext, Reply } from '../src/chat/command.ts';
import { isFactorRequest } from '../src/domain/confirmation.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import type { App } from './app.ts';
import { askForFactor, refused, sourceOf } from './replies.ts';

type Decision = {
  readonly request: string;
  readonly decision: 'approve' | 'reject';
  readonly reason: string | null;
  readonly code: string | null;
};

/** One vote; the card, which says how things stand, is the answer. */
export async function decide(useCases: App, { code, ...decision }: Decision, context: CommandContext): Promise<Reply> {
  const decided = await useCases.decideApproval({
    ...decision,
    person: context.person,
    proof: code === null ? null : { by: 'code', code },
    source: sourceOf(context),
  });
  if (isRefusal(decided)) return refused(decided);
  if (isFactorRequest(decided))
    return askForFactor(decided, 'your approval', {
      words: 'Press Approve again, and type the code of your authenticator app. A comment has to be typed again, too.',
    });
  return { kind: 'card', deploymentId: decided.deploymentId };
}
