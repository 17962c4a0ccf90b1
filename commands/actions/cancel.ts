import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { refused, sourceOf } from '../replies.ts';

/** The card's Cancel button; `id` is the deployment's. */
export const cancel: ActionDefinition<App> = {
  verb: 'cancel',
  async handle(useCases, id, _values, context) {
    const result = await useCases.cancelDeployment({ person: context.person, target: { deployment: id }, source: sourceOf(context) });
    return isRefusal(result) ? refused(result) : { kind: 'card', deploymentId: result.deployment.id };
  },
};
