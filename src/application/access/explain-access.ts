import type { Answer, AppExplanation, EnvironmentAccess } from '../../domain/access-facts.ts';
import type { Person } from '../../domain/deployment.ts';
import { type AccessDecision, decideAccess, PERMISSIONS, type Permission } from '../../domain/permissions.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { AppConfig, EnvironmentConfig, Workspace } from '../../ports/workspace.ts';
import { eligibleFor, peopleBehind } from '../approvals/approvers.ts';
import { authorize, memberOf, rolesOf, visibleApps } from '../authorize.ts';
import { heldRoles } from './role-origins.ts';

/** Does it change an environment, so that its deployers are asked, too? */
export const CHANGES_ENVIRONMENT: Readonly<Record<Permission, boolean>> = {
  view: false,
  logs: false,
  plan: false,
  deploy: true,
  rollback: true,
  cancel: true,
  operate: true,
  lock: true,
  freeze: true,
  secret: true,
  audit: false,
  grant: false,
  break_glass: true,
  review: false,
};

/** `/whoami`: what somebody may do and why, in one app or all that they may see; by the very functions that decide when they do it. */
export function explainAccess(workspace: Workspace, person: Person, app: string | null): readonly AppExplanation[] | Refusal {
  const names = app === null ? visibleApps(workspace, person) : [app];
  const configs = names.flatMap((name) => memberOf(workspace.apps, name) ?? []).filter((one) => rolesOf(one, person).length > 0);
  if (app !== null && configs.length === 0) return unknownApp(workspace, person, app);
  return configs.map((config) => explainApp(workspace, config, person));
}

function explainApp(workspace: Workspace, app: AppConfig, person: Person): AppExplanation {
  const answer = (permission: Permission, environment: EnvironmentConfig | null): Answer => {
    const decision = decide(app, person, permission, environment);
    const others = Object.values(workspace.people).filter((other) => decide(app, other, permission, environment).allowed);
    return { permission, decision, ask: decision.allowed ? [] : others.map(({ name }) => name) };
  };
  const environments = Object.keys(app.environments).flatMap((name) => memberOf(workspace.environments, name) ?? []);
  return {
    app: app.name,
    roles: heldRoles(app, person),
    everywhere: PERMISSIONS.filter((permission) => !CHANGES_ENVIRONMENT[permission]).map((permission) => answer(permission, null)),
    environments: environments.map((environment) => ({
      environment: environment.name,
      answers: PERMISSIONS.filter((permission) => CHANGES_ENVIRONMENT[permission]).map((permission) => answer(permission, environment)),
      approval: explainApproval(workspace, app, environment, person),
    })),
  };
}

function explainApproval(
  workspace: Workspace,
  app: AppConfig,
  { approvals, rollbackWithoutApproval }: EnvironmentConfig,
  person: Person,
): EnvironmentAccess['approval'] {
  if (approvals === null) return null;
  const { rules } = approvals;
  const from = rules.flatMap((rule) => rule.from);
  return {
    rules,
    counts: eligibleFor(workspace, app, rules, person).length > 0,
    ask: peopleBehind(workspace, app, from).flatMap(({ id, name }) => (id === person.id ? [] : [name])),
    rollsBackFreely: rolesOf(app, person).some((role) => rollbackWithoutApproval.includes(role)),
  };
}

function decide(app: AppConfig, person: Person, permission: Permission, environment: EnvironmentConfig | null): AccessDecision {
  return decideAccess({ roles: rolesOf(app, person), permission, environment });
}

/** In the words of every other command. */
function unknownApp(workspace: Workspace, person: Person, app: string): Refusal {
  const access = authorize(workspace, { person, app, environment: null, permission: 'view', changes: false });
  return 'refused' in access ? access : refusal('unknown_app', `There is no app “${app}” that you may see.`);
}
