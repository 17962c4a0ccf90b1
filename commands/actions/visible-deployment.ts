import type { DeploymentDetails } from '../../src/application/use-cases.ts';
import type { Person } from '../../src/domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';

/**
 * The deployment a button names, for somebody who may see its app. Reading it by id asks nobody, so the history of its
 * environment, which does, is asked as well; whoever may not see it learns nothing, not even that it exists.
 */
export async function visibleDeployment(useCases: App, id: string, person: Person): Promise<DeploymentDetails | Refusal> {
  const unknown = refusal('unknown_deployment', 'There is no such deployment that you may see.', 'See /apps for what you may see.');
  const details = await useCases.readDeployment(id);
  if (details === null) return unknown;
  const { app, environment } = details.deployment;
  const seen = await useCases.readHistory({ person, app, environment, limit: 1 });
  return isRefusal(seen) ? unknown : details;
}
