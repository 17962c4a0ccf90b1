import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { historyView } from '../../src/views/history.ts';
import type { App } from '../app.ts';
import { privately, refused } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

/** The history of one deployment's environment, for whoever clicked. */
export const history: ActionDefinition<App> = {
  verb: 'history',
  async handle(useCases, id, _values, { person, now }) {
    const details = await visibleDeployment(useCases, id, person);
    if (isRefusal(details)) return refused(details);
    const { app, environment } = details.deployment;
    const found = await useCases.readHistory({ person, app, environment, limit: 10 });
    return isRefusal(found) ? refused(found) : privately(historyView(app, environment, found, now));
  },
};
