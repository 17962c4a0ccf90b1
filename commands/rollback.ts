import { z } from 'zod';
import type { RollbackRequest } from '../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { rollbackConfirmation } from '../src/views/rollback-confirmation.ts';
import { takeBackConfirmation } from '../src/views/take-back-confirmation.ts';
import { type App, command } from './app.ts';
import { app, environment, reason } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { cardOf, originOf, privately, refused } from './replies.ts';

export const rollback = command({
  name: 'rollback',
  summary: 'Go back to the last good release, or to a named one',
  schema: z.object({
    app,
    environment,
    to: z
      .string()
      .trim()
      .regex(/^#?[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'is neither a version nor a revision number')
      .optional()
      .meta({ description: 'A version, or a revision number (#3); without it the last good one.' }),
    reason,
    yes: z.boolean().default(false).meta({ description: 'Do it at once, without asking.' }),
  }),
  positional: ['app', 'environment', 'to'],
  permission: 'rollback',
  changesEnvironment: true,
  examples: [
    { text: '/rollback shop staging', explains: 'shows what would run again and asks you, only you, to confirm' },
    { text: '/rollback shop staging --yes', explains: 'goes back at once' },
    { text: '/rollback shop staging 1.0.0 --reason "checkout is down"', explains: 'goes back to a version that ran there before' },
  ],
  complete: completeTarget,
  async handle(useCases, args, context) {
    const request: RollbackRequest = {
      person: context.person,
      app: args.app,
      environment: args.environment,
      to: args.to ?? null,
      reason: args.reason ?? null,
      origin: originOf(context),
    };
    return request.to === null ? goBack(useCases, request, args.yes, context) : goTo(useCases, request, args.yes, context);
  },
});

/** Without a target, the use case chooses: it undoes what is under way, or what was left broken, or else goes to the release before this one. */
async function goBack(useCases: App, request: RollbackRequest, atOnce: boolean, context: CommandContext): Promise<Reply> {
  const history = await useCases.readHistory({ person: request.person, app: request.app, environment: request.environment, limit: 20 });
  if (isRefusal(history)) return refused(history);
  // It takes a running deployment back instead of queueing behind it, so that is what has to be confirmed.
  const running = history.deployments.find(({ state, kind }) => state === 'running' && kind === 'deploy');
  if (running !== undefined && !atOnce) return privately(takeBackConfirmation(running));
  return goTo(useCases, request, atOnce, context);
}

async function goTo(useCases: App, request: RollbackRequest, atOnce: boolean, { now }: CommandContext): Promise<Reply> {
  if (atOnce) return cardOf(await useCases.requestRollback(request));
  const planned = await useCases.planRollback(request);
  return isRefusal(planned) ? refused(planned) : privately(rollbackConfirmation(planned, request.reason, now));
}
