import type { ActionDefinition } from '../../src/chat/command.ts';
import { isFinal } from '../../src/domain/deployment-state.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { shortId } from '../../src/views/wording.ts';
import type { App } from '../app.ts';
import { cardOf, originOf, refused } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

/** Asks for the same version again, planned anew from what runs now; `id` is the deployment that failed. */
export const retry: ActionDefinition<App> = {
  verb: 'retry',
  async handle(useCases, id, _values, context) {
    const details = await visibleDeployment(useCases, id, context.person);
    if (isRefusal(details)) return refused(details);
    const { app, environment, version, kind, state, reason } = details.deployment;
    if (!isFinal(state)) return refused(refusal('already_done', 'That deployment is still under way.', null));
    const request = { person: context.person, app, environment, reason: reason ?? `retry of ${shortId(id)}`, origin: originOf(context) };
    return cardOf(
      kind === 'rollback'
        ? await useCases.requestRollback({ ...request, to: version })
        : await useCases.requestDeployment({ ...request, version }),
    );
  },
};
