import type { Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { type Scope, scopeName, type Target } from '../../domain/scope.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { authorize, memberOf } from '../authorize.ts';

/** Every environment that the scope covers. */
export function targetsOf(workspace: Workspace, { app, environment }: Scope): readonly Target[] {
  const apps = app === null ? Object.values(workspace.apps) : [memberOf(workspace.apps, app)];
  return apps.flatMap((config) =>
    Object.keys(config?.environments ?? {})
      .filter((name) => environment === null || name === environment)
      .map((name) => ({ app: config?.name ?? '', environment: name })),
  );
}

/**
 * Null when the person may do it to everything in the scope. More than one app is everybody's business: that takes the right to
 * freeze in each of them, and a refusal names none, for there may be some that the person does not know of.
 */
export function authorizeScope(workspace: Workspace, person: Person, scope: Scope, permission: 'lock' | 'freeze'): Refusal | null {
  const { app } = scope;
  if (app !== null) return authorizeApp(workspace, person, { ...scope, app }, permission);
  const targets = targetsOf(workspace, scope);
  if (targets.length === 0) {
    const known = Object.keys(workspace.environments).join(', ');
    return refusal('unknown_environment', `No app has an environment “${scope.environment ?? ''}”.`, `The environments: ${known}.`);
  }
  const mayAll = targets.every((target) => !isRefusal(authorize(workspace, { ...target, person, permission: 'freeze', changes: true })));
  return mayAll
    ? null
    : refusal(
        'not_allowed',
        `You may not ${permission} ${scopeName(scope)}: that takes an owner or admin of each app.`,
        'Name one app instead, or ask whoever runs Shipmate here.',
      );
}

function authorizeApp(workspace: Workspace, person: Person, scope: Scope & { app: string }, permission: 'lock' | 'freeze'): Refusal | null {
  const { app, environment } = scope;
  // First the app: whoever may not see it must not learn which environments it has.
  const seen = authorize(workspace, { person, app, environment, permission: 'view', changes: false });
  if (isRefusal(seen)) return seen;
  for (const target of targetsOf(workspace, scope)) {
    const access = authorize(workspace, { ...target, person, permission, changes: true });
    if (isRefusal(access)) return access;
  }
  return null;
}
