import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { planView } from '../../src/views/plan.ts';
import type { App } from '../app.ts';
import { privately, refused } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

/** The plan of one deployment, for whoever clicked. */
export const viewPlan: ActionDefinition<App> = {
  verb: 'view-plan',
  async handle(useCases, id, _values, { person }) {
    const details = await visibleDeployment(useCases, id, person);
    if (isRefusal(details)) return refused(details);
    const { plan, planHash, previousVersion } = details.deployment;
    return privately(planView({ plan, planHash, currentVersion: previousVersion, warnings: [] }, 'asked'));
  },
};
