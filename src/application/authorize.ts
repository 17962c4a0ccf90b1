import type { Person } from '../domain/deployment.ts';
import { decideAccess, type Permission, ROLES, type Role, rolesThatMay } from '../domain/permissions.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { AppConfig, EnvironmentConfig, Workspace } from '../ports/workspace.ts';

export type Authorized = { readonly app: AppConfig; readonly environment: EnvironmentConfig | null };

export type AuthorizationRequest = {
  readonly person: Person;
  readonly app: string;
  readonly environment: string | null;
  readonly permission: Permission;
  /** Does it change the environment? Then its deployers are asked too. */
  readonly changes: boolean;
};

/** What stands between “You may not” and the name of the app. */
const DOING: Readonly<Record<Permission, string>> = {
  view: 'see',
  logs: 'read the logs of',
  plan: 'plan for',
  deploy: 'deploy to',
  rollback: 'roll back',
  cancel: 'cancel deployments of',
  operate: 'operate',
  lock: 'lock',
  freeze: 'freeze',
  secret: 'change the secrets of',
  audit: 'read the audit of',
  grant: 'change who may do what with',
  break_glass: 'break the glass for',
  review: 'sign off what was done past the approvals of',
};

/** Who may do what, from the workspace as it is now; unknown names and missing roles are refusals that say what to type or whom to ask. */
export function authorize(workspace: Workspace, request: AuthorizationRequest): Authorized | Refusal {
  const app = memberOf(workspace.apps, request.app);
  const roles = app === undefined ? [] : rolesOf(app, request.person);
  if (app === undefined || roles.length === 0) return unknownApp(workspace, request);

  let environment: EnvironmentConfig | null = null;
  if (request.environment !== null) {
    environment = memberOf(workspace.environments, request.environment) ?? null;
    if (environment === null || memberOf(app.environments, request.environment) === undefined) {
      const known = Object.keys(app.environments).join(', ');
      return refusal('unknown_environment', `${app.name} has no environment “${request.environment}”.`, `Its environments: ${known}.`);
    }
  }
  const decision = decideAccess({ roles, permission: request.permission, environment: request.changes ? environment : null });
  if (decision.allowed) return { app, environment };

  const where = request.environment === null ? app.name : `${app.name} ${request.environment}`;
  const because =
    decision.reason === 'environment_restricted' ? 'only others may change this environment' : `your role here is ${roles.join(', ')}`;
  return refusal(
    'not_allowed',
    `You may not ${DOING[request.permission]} ${where}: ${because}.`,
    whomToAsk(workspace, app, request.permission),
  );
}

/** A hint. Whoever is `except` cannot do it this time, whatever their role. */
export function whomToAsk(workspace: Workspace, app: AppConfig, permission: Permission, except: string | null = null): string {
  const others = whoMay(app, permission).filter((id) => id !== except);
  if (others.length > 0) return `Ask ${others.map((id) => workspace.people[id]?.name ?? id).join(', ')}.`;
  const nobody = except === null ? 'Nobody may yet: name somebody' : 'Nobody else may yet: name somebody else';
  return `${nobody} as ${rolesThatMay(permission)[0]} of ${app.name} in shipmate.yml.`;
}

/** Whom to ask: whoever answers for the app, where they may themselves; otherwise whoever may. */
function whoMay(app: AppConfig, permission: Permission): readonly string[] {
  const may = rolesThatMay(permission);
  const answering = may.filter((role) => role === 'owner' || role === 'admin');
  return [...new Set((answering.length === 0 ? may : answering).flatMap((role) => app.roles[role]))];
}

/** The version of what decides about an environment; of one that is not there any more, none that anything was bound to. */
export function policyVersionOf({ environments }: Pick<Workspace, 'environments'>, environment: string): string {
  return memberOf(environments, environment)?.policyVersion ?? '';
}

/** Names are typed by people: one that every object has a member of (`constructor`) names nothing. */
export function memberOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** By name, or by a group of the platform from which they speak. */
export function rolesOf(app: AppConfig, { id, groups = [] }: Person): readonly Role[] {
  return ROLES.filter((role) => app.roles[role].some((member) => member === id || groups.includes(member)));
}

/** An app that a person has no role in looks like one that does not exist. */
function unknownApp(workspace: Workspace, request: AuthorizationRequest): Refusal {
  const visible = visibleApps(workspace, request.person);
  const hint =
    visible.length === 0 ? 'You have no role in any app yet: ask whoever runs Shipmate here.' : `Your apps: ${visible.join(', ')}.`;
  return refusal('unknown_app', `There is no app “${request.app}” that you may see.`, hint);
}

export function visibleApps(workspace: Workspace, person: Person): readonly string[] {
  return Object.values(workspace.apps)
    .filter((app) => rolesOf(app, person).length > 0)
    .map((app) => app.name)
    .sort();
}
