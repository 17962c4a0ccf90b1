import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { logsView } from '../../src/views/logs.ts';
import type { App } from '../app.ts';
import { privately, refused } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

const LINES = 60;

/** Logs of the deployment's environment, of the service that failed when one did; for whoever clicked. */
export const viewLogs: ActionDefinition<App> = {
  verb: 'view-logs',
  async handle(useCases, id, _values, { person }) {
    const details = await visibleDeployment(useCases, id, person);
    if (isRefusal(details)) return refused(details);
    const { app, environment, failure } = details.deployment;
    const asked = { person, app, environment, tail: LINES };
    const service = failure?.service ?? null;
    const found = await useCases.readLogs({ ...asked, service });
    if (!isRefusal(found)) return privately(logsView(app, environment, service, found));
    // The service that failed may be gone again, taken back with its release.
    if (found.refused !== 'unknown_service' || service === null) return refused(found);
    const all = await useCases.readLogs({ ...asked, service: null });
    return isRefusal(all) ? refused(all) : privately(logsView(app, environment, null, all));
  },
};
