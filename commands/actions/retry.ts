import type { ActionDefinition } from '../../src/chat/command.ts';
import { isFinal } from '../../src/domain/deployment-state.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { cardOf, originOf, refused } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

/** Asks for the same again; `id` is the deployment that failed. */
export const retry: ActionDefinition<App> = {
  verb: 'retry',
  async handle(useCases, id, _values, context) {
    const details = await visibleDeployment(useCases, id, context.person);
    if (isRefusal(details)) return refused(details);
    if (!isFinal(details.deployment.state)) return refused(refusal('already_done', 'That deployment is still under way.', null));
    return cardOf(await useCases.retryDeployment({ deploymentId: id, person: context.person, origin: originOf(context) }));
  },
};
