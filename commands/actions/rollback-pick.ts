import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { ROLLBACK_PICK, rollbackConfirmation } from '../../src/views/rollback-confirmation.ts';
import type { App } from '../app.ts';
import { originOf, privately, refused } from '../replies.ts';

/** The menu of `/rollback`'s confirmation: shows what going back to another revision would do, and asks again. Nothing is done yet. */
export const rollbackPick: ActionDefinition<App> = {
  verb: ROLLBACK_PICK,
  async handle(useCases, id, values, context) {
    const [, app, environment] = /^([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(id) ?? [];
    const choice = values['choice'] ?? '';
    if (app === undefined || environment === undefined || !/^\d{1,9}$/.test(choice))
      return refused(refusal('invalid_arguments', 'This menu is not one of ours.', 'Type /rollback <app> <environment> <version>.'));
    const planned = await useCases.planRollback({
      person: context.person,
      app,
      environment,
      to: choice,
      reason: null,
      origin: originOf(context),
    });
    return isRefusal(planned) ? refused(planned) : privately(rollbackConfirmation(planned, null, context.now));
  },
};
