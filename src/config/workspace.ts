import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { ApprovalPolicy } from '../domain/approval-policy.ts';
import { parseDuration } from '../domain/duration.ts';
import { canonicalJson } from '../domain/json.ts';
import { ROLES, type Role } from '../domain/permissions.ts';
import { distinctPlaces, type Place, parsePlace } from '../domain/place.ts';
import type { Topic } from '../domain/subscription.ts';
import type { Finding } from '../ports/app-source.ts';
import type { AppConfig, AppEnvironmentConfig, EnginePolicy, EnvironmentConfig, HookConfig, Workspace } from '../ports/workspace.ts';
import { checkWorkspace, DEFAULT_CHANNELS, EVERYONE, type IsThere, listOf } from './check-workspace.ts';
import { explainIssue } from './explain-issue.ts';
import { freezesOf, windowsOf } from './schedules.ts';
import type { Settings } from './settings.ts';
import { WorkspaceFile } from './workspace-schema.ts';
import { parseYaml } from './yaml-file.ts';

export type WorkspaceResult =
  | { readonly ok: true; readonly workspace: Workspace; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads and validates `shipmate.yml`. Never throws for what people wrote. */
export function readWorkspace(path: string): WorkspaceResult {
  const absolute = resolve(path);
  const file = basename(absolute);
  let text: string;
  try {
    text = readFileSync(absolute, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const remedy = 'Copy examples/hello/shipmate.yml to start from, or set SHIPMATE_CONFIG to the file.';
    return failed([{ file: path, line: null, key: '(file)', problem: `cannot be read (${code}).`, remedy }]);
  }
  return parseWorkspace(text, file, dirname(absolute));
}

/** The same from a text; `file` is how errors call it, relative paths start at `folder`. `isThere` tells which files exist; by default the disk does. */
export function parseWorkspace(text: string, file: string, folder: string, isThere?: IsThere): WorkspaceResult {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const { yaml } = parsed;
  const checked = WorkspaceFile.safeParse(yaml.value);
  if (!checked.success) return failed(checked.error.issues.flatMap((issue) => explainIssue(WorkspaceFile, yaml, issue)));
  const content = checked.data;
  const findings = checkWorkspace(content, yaml, folder, isThere);
  if (findings.length > 0) return failed(findings);
  return {
    ok: true,
    workspace: buildWorkspace(content, folder),
    warnings: Object.entries(content.apps)
      .filter(([, app]) => ROLES.every((role) => listOf(app.roles?.[role]).length === 0))
      .map(([app]) => ({
        file,
        line: yaml.lineOf(['apps', app]),
        key: `apps.${app}.roles`,
        problem: 'names nobody, so nobody can see or deploy this app.',
        remedy: 'Add roles, for example owner: [id].',
      })),
  };
}

/** What only the environment and the workspace together can show. Empty when all is well. */
export function checkTogether(settings: Pick<Settings, 'host'>, workspace: Workspace): readonly Finding[] {
  if (!workspace.development || isLoopback(settings.host)) return [];
  return [
    {
      file: 'environment',
      line: null,
      key: 'SHIPMATE_HOST',
      problem: `is ${settings.host}, but the workspace says development: true, where anyone who reaches the browser chat may be anybody.`,
      remedy: 'Bind to 127.0.0.1, or remove development: true.',
    },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function failed(findings: readonly Finding[]): WorkspaceResult {
  return { ok: false, findings: [...findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** Wide enough for most of Europe and Africa. */
const WEEKDAYS = { cron: '0 6 * * MON-FRI', for: '12h', time_zone: 'UTC' };

function buildWorkspace(content: WorkspaceFile, folder: string): Workspace {
  const everyone = Object.keys(content.people);
  const engine = buildEngine(content.engine ?? {});
  return {
    name: content.workspace,
    folder,
    development: content.development ?? false,
    apps: mapEntries(content.apps, (name, app) => buildApp(name, app, everyone, folder)),
    environments: mapEntries(content.environments, (name, environment) => buildEnvironment(name, environment, engine)),
    people: mapEntries(content.people, (id, person) => ({ id, name: person?.name ?? id, identities: person?.identities ?? {} })),
    groups: mapEntries(content.groups ?? {}, (_, members) => withEveryone(listOf(members), everyone)),
    channels: Object.entries(content.channels ?? DEFAULT_CHANNELS).map(([name, channel]) => ({
      name,
      topic: channel?.topic ?? '',
    })),
    engine,
    hooks: mapEntries(content.hooks ?? {}, (hook, config) => buildHook(hook, config, folder)),
    audit: { keepMs: content.audit?.keep === undefined ? null : parseDuration(content.audit.keep) },
    workingHours: windowsOf(content.working_hours ?? [WEEKDAYS]),
    secondFactor: { firstFactor: content.second_factor?.first_factor ?? 'open' },
    limits: {
      commandsPerMinute: content.limits?.commands_per_minute ?? 60,
      channelCommandsPerMinute: content.limits?.channel_commands_per_minute ?? 300,
      deploymentsPerHour: content.limits?.deployments_per_hour ?? 120,
    },
  };
}

/**
 * Only what decides about deployments to this one environment, with every default filled in. People, channels and apps are left out:
 * who may deploy is asked when it is asked for, and what an app is has a hash of its own. Otherwise a new colleague, or another rule
 * for staging, would void what waits for production.
 */
function versionOf(policy: { readonly environment: Omit<EnvironmentConfig, 'policyVersion'>; readonly engine: EnginePolicy }): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex').slice(0, 16);
}

type AppFile = WorkspaceFile['apps'][string];

function buildApp(name: string, app: AppFile, everyone: readonly string[], folder: string): AppConfig {
  const members = (role: Role): readonly string[] => withEveryone(listOf(app.roles?.[role]), everyone);
  return {
    name,
    description: app.description ?? '',
    repository: app.repository ?? null,
    composeFiles: listOf(app.compose).map((path) => resolve(folder, path)),
    environments: mapEntries(app.environments, (_, environment) => buildAppEnvironment(environment, folder)),
    roles: {
      owner: members('owner'),
      admin: members('admin'),
      developer: members('developer'),
      viewer: members('viewer'),
      incident: members('incident'),
    },
    subscriptions: (app.subscriptions ?? []).flatMap(({ channel, environment, about }) => {
      const wanted = listOf(about ?? 'all') as readonly Topic[];
      return placesOf(channel).map((place) => ({ place, environment: environment ?? null, about: wanted }));
    }),
  };
}

type HookFile = NonNullable<WorkspaceFile['hooks']>[string];

function buildHook(
  name: string,
  { app, environments, as: actsFor, secret_file: file, secret_env: variable }: HookFile,
  folder: string,
): HookConfig {
  const secret = file === undefined ? { variable: variable ?? '' } : { file: resolve(folder, file) };
  return { name, app, environments, actsFor, secret };
}

function withEveryone(listed: readonly string[], everyone: readonly string[]): readonly string[] {
  return [...new Set(listed.flatMap((member) => (member === EVERYONE ? everyone : [member])))];
}

/** Checked before: what is no place does not come here. */
function placesOf(channel: string | readonly string[] | undefined): readonly Place[] {
  return distinctPlaces(listOf(channel).flatMap((text) => parsePlace(text) ?? []));
}

function buildAppEnvironment(environment: AppFile['environments'][string], folder: string): AppEnvironmentConfig {
  return {
    overrideFiles: listOf(environment?.override).map((path) => resolve(folder, path)),
    variables: mapEntries(environment?.variables ?? {}, (_, value) => String(value)),
    envFiles: listOf(environment?.env_files).map((path) => resolve(folder, path)),
    profiles: listOf(environment?.profiles),
    channels: placesOf(environment?.channel),
  };
}

/** An environment called `production` is protected unless it says otherwise: forgetting a line must not open it. */
function buildEnvironment(name: string, environment: EnvironmentFile, engine: EnginePolicy): EnvironmentConfig {
  const isProtected = environment?.protected ?? name === 'production';
  const deployers: readonly Role[] = environment?.deployers ?? (isProtected ? ['owner', 'admin'] : ['owner', 'admin', 'developer']);
  const policy = {
    name,
    protected: isProtected,
    deployers,
    approvals: isProtected ? buildApprovals(environment) : null,
    reason: buildReason(environment?.reason),
    after: environment?.after ?? null,
    allowOutdated: environment?.allow_outdated ?? !isProtected,
    rollbackWithoutApproval: environment?.rollback_without_approval ?? ['incident'],
    freezes: freezesOf(environment?.freezes ?? []),
    windows: windowsOf(environment?.windows ?? []),
    lockAfterRollback: environment?.lock_after_rollback ?? false,
  };
  return { ...policy, policyVersion: versionOf({ environment: policy, engine }) };
}

type EnvironmentFile = WorkspaceFile['environments'][string];

/** A protected environment that says nothing asks one owner or admin, with a second factor. */
function buildApprovals(environment: EnvironmentFile): ApprovalPolicy {
  const rules = environment?.approvals ?? [{ from: ['owner', 'admin'] }];
  const escalateAfter = environment?.escalate_after;
  return {
    rules: rules.map(({ count = 1, from }) => ({ count, from: listOf(from) })),
    expiresAfterMs: lengthOf(environment?.approval_expires ?? '4h'),
    secondFactor: environment?.second_factor ?? true,
    waitMs: environment?.waiting_period === undefined ? 0 : lengthOf(environment.waiting_period),
    remindAfterMs: lengthOf(environment?.remind_after ?? '15m'),
    escalateAfterMs: escalateAfter === undefined ? null : lengthOf(escalateAfter),
    escalateTo: listOf(environment?.escalate_to ?? 'incident'),
  };
}

/** The shape was checked before. */
function lengthOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`not a length of time: ${text}`);
  return ms;
}

function buildReason(reason: NonNullable<EnvironmentFile>['reason']): EnvironmentConfig['reason'] {
  if (reason === undefined) return null;
  return reason === 'required' ? { pattern: null, example: null } : { pattern: reason.pattern, example: reason.example };
}

function buildEngine(engine: NonNullable<WorkspaceFile['engine']>): EnginePolicy {
  return {
    allowBindMounts: engine.allow_bind_mounts ?? [],
    allowAddedCapabilities: (engine.allow_added_capabilities ?? []).map((capability) => capability.replace(/^CAP_/, '')),
    allowRootUser: engine.allow_root_user ?? false,
    encryptNetworks: engine.encrypt_networks ?? false,
    probeImage: engine.probe_image ?? null,
  };
}

function mapEntries<In, Out>(record: Readonly<Record<string, In>>, build: (key: string, value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, build(key, value)]));
}
