import type { RollbackRequest } from '../../src/application/use-cases.ts';
import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { parseRollbackToId } from '../../src/views/rollback-confirmation.ts';
import type { App } from '../app.ts';
import { cardOf, originOf, refused } from '../replies.ts';

/**
 * The button of `/rollback`'s confirmation: `app.environment.to.from`. When the environment runs another revision by now,
 * what was confirmed is not what would happen, so nothing does.
 */
export const rollbackTo: ActionDefinition<App> = {
  verb: 'rollback-to',
  async handle(useCases, id, _values, context) {
    const target = parseRollbackToId(id);
    if (target === null)
      return refused(refusal('invalid_arguments', 'This button is not one of ours.', 'Type /rollback <app> <environment>.'));
    const { app, environment } = target;
    const request: RollbackRequest = {
      person: context.person,
      app,
      environment,
      to: String(target.to),
      reason: null,
      origin: originOf(context),
    };
    if (target.from !== null) {
      const planned = await useCases.planRollback(request);
      if (isRefusal(planned)) return refused(planned);
      if (planned.from.number !== target.from) {
        const message = `${app} ${environment} runs ${planned.from.version} (revision ${planned.from.number}) by now, not what you confirmed.`;
        return refused(refusal('plan_changed', message, `Nothing was done. Look again: /rollback ${app} ${environment}`));
      }
    }
    return cardOf(await useCases.requestRollback(request));
  },
};
