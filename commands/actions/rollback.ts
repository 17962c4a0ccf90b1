import type { ActionDefinition } from '../../src/chat/command.ts';
import type { App } from '../app.ts';
import { cardOf, originOf } from '../replies.ts';

/** The card's Roll back button; `id` is the deployment that is undone. Its confirmation named the target. */
export const rollback: ActionDefinition<App> = {
  verb: 'rollback',
  async handle(useCases, id, _values, context) {
    return cardOf(await useCases.requestRollbackOf({ deploymentId: id, person: context.person, origin: originOf(context) }));
  },
};
