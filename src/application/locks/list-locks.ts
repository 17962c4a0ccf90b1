import type { DeployLock } from '../../domain/deploy-lock.ts';
import { isLive } from '../../domain/deploy-lock.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Scope } from '../../domain/scope.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { visibleApps } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { targetsOf } from './authorize-scope.ts';

/** `/locks`. */
export async function listLocks(parts: Parts, { person }: { person: Person }): Promise<readonly DeployLock[]> {
  const now = parts.clock.now();
  const standing = await parts.database.stores.locks.standing();
  const sees = visibleScopes(parts.workspace(), person);
  return standing.filter((lock) => isLive(lock, now) && sees(lock.scope));
}

/** Does a scope cover anything of what the person may see? */
export function visibleScopes(workspace: Workspace, person: Person): (scope: Scope) => boolean {
  const visible = visibleApps(workspace, person);
  return (scope) => targetsOf(workspace, scope).some(({ app }) => visible.includes(app));
}
