import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { authorize } from './authorize.ts';
import type { Parts } from './parts.ts';
import type { UseCases } from './use-cases.ts';

/** Statistics look back this far. */
const STATISTICS_WINDOW_MS = 30 * 24 * 3600 * 1000;

/** `/history`: who deployed what when, how it ended, how long it took. */
export async function readHistory(
  parts: Pick<Parts, 'clock' | 'database' | 'workspace'>,
  request: Parameters<UseCases['readHistory']>[0],
): Promise<Exclude<Awaited<ReturnType<UseCases['readHistory']>>, Refusal> | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const { deployments } = parts.database.stores;
  const { app, environment, limit } = request;
  const filter = environment === null ? { app, limit } : { app, environment, limit };
  const environments = environment === null ? Object.keys(access.app.environments) : [environment];
  const stacks = environments.map((name) => stackName(app, name));
  const [list, statistics] = await Promise.all([
    deployments.list(filter),
    deployments.statistics(stacks, parts.clock.now() - STATISTICS_WINDOW_MS),
  ]);
  return { deployments: list, statistics };
}
