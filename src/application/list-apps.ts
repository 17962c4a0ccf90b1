import type { Person } from '../domain/deployment.ts';
import { stackName } from '../domain/names.ts';
import { rolesOf, visibleApps } from './authorize.ts';
import { closureFor, readStanding, type Standing } from './gate-facts.ts';
import type { Parts } from './parts.ts';
import type { AppSummary } from './use-cases.ts';

/** `/apps`: the apps a person has a role in, and what each environment runs. */
export async function listApps(parts: Parts, { person }: { person: Person }): Promise<readonly AppSummary[]> {
  const workspace = parts.workspace();
  const standing = await readStanding(parts.database.stores, parts.clock.now());
  return Promise.all(
    visibleApps(workspace, person).flatMap((name) => {
      const app = workspace.apps[name];
      if (app === undefined) return [];
      const summarise = async (): Promise<AppSummary> => ({
        app: name,
        description: app.description,
        role: rolesOf(app, person)[0] ?? 'viewer',
        environments: await Promise.all(
          Object.keys(app.environments).map((environment) => summariseEnvironment(parts, standing, name, environment)),
        ),
      });
      return [summarise()];
    }),
  );
}

async function summariseEnvironment(
  parts: Parts,
  standing: Standing,
  app: string,
  environment: string,
): Promise<AppSummary['environments'][number]> {
  const stack = stackName(app, environment);
  const { deployments, releases } = parts.database.stores;
  const [revision, open] = await Promise.all([releases.currentRevision(stack), deployments.queueOf(stack)]);
  return {
    environment,
    version: revision?.version ?? null,
    since: revision?.activeFrom ?? null,
    open: open.length,
    protected: parts.workspace().environments[environment]?.protected ?? true,
    closure: closureFor(parts, standing, { app, environment }),
  };
}
