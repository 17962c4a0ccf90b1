import { resolve } from 'node:path';
import { isVersion, stackName } from '../../src/domain/names.ts';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { FileContents, Finding, StoredSecrets } from '../../src/ports/app-source.ts';
import type { EnginePolicy } from '../../src/ports/workspace.ts';
import { FindingLog } from './finding-log.ts';
import { checkSupport } from './model/check-support.ts';
import { displayName, loadFile } from './model/load-files.ts';
import { dropResets, mergeTrees } from './model/merge.ts';
import { splitByProfile } from './model/profiles.ts';
import { TOP_LEVEL } from './model/support.ts';
import { Variables } from './model/variables.ts';
import { explainFailure, type ProjectFiles } from './project-files.ts';
import type { ServiceContext } from './service/context.ts';
import { DEFAULT_NETWORK } from './service/networks.ts';
import { readService } from './service/read-service.ts';
import { asJobs, checkDependencies, type DependencyAt, readDependencies } from './stack/dependencies.ts';
import { checkEngineNames } from './stack/engine-names.ts';
import { readFileObject } from './stack/file-objects.ts';
import { readNetwork } from './stack/networks.ts';
import { checkPublishedPorts } from './stack/published-ports.ts';
import { readReleaseSettings } from './stack/release-settings.ts';
import { readVolume } from './stack/volumes.ts';
import { parseDotenv } from './values/dotenv.ts';
import { sortedRecord } from './values/read.ts';
import { type Cursor, member, members, type Tree } from './yaml/tree.ts';

export type ProjectRequest = {
  readonly app: string;
  readonly environment: string;
  readonly version: string | null;
  /** Relative paths in the app's files start here, and files that they name must lie in it. Absolute, as all paths here. */
  readonly projectFolder: string;
  /** Names of files in findings are relative to it. */
  readonly workspaceFolder: string;
  /** In merge order. */
  readonly composeFiles: readonly string[];
  readonly envFiles: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  readonly policy: EnginePolicy;
  readonly files: ProjectFiles;
  /** Short, stable, keyed: says whether two contents are the same without telling either. */
  readonly fingerprint: (bytes: Uint8Array) => string;
  /** None when left out; `unknown`: they cannot be asked. */
  readonly secrets?: StoredSecrets | 'unknown';
};

export type ProjectResult =
  | {
      readonly ok: true;
      readonly spec: StackSpec;
      readonly contents: FileContents;
      readonly warnings: readonly Finding[];
      readonly version: string | null;
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const MOST_SERVICES = 500;

const NO_SECRETS: StoredSecrets = {
  has: () => false,
  open: (name) => {
    throw new Error(`there is no secret ${name}`);
  },
};

/** From the files of an app to what it wants of an environment. Never throws for what the files say. */
export function readProject(request: ProjectRequest): ProjectResult {
  const log = new FindingLog();
  const secrets = request.secrets ?? NO_SECRETS;
  const variables = new Variables(collectVariables(request, log), (name) => secrets !== 'unknown' && secrets.has(name));
  if (request.version !== null && !isVersion(request.version)) {
    log.refuseFile(
      request.app,
      'This is not a version.',
      'Write one like `1.4.2`: letters, digits, dots, dashes and underscores.',
      'VERSION',
    );
    return { ok: false, findings: log.refusals };
  }
  const root = loadAndMerge(request, variables, log);
  if (root === null) return { ok: false, findings: log.refusals };
  const result = readStack(root, request, variables, log);
  if (!log.isClean) return { ok: false, findings: log.refusals };
  const version = usedVersion(request, variables, log);
  return { ok: true, ...result, warnings: log.warnings, version };
}

/** Later ones win: env files in order, the environment's variables, what Shipmate itself knows. */
function collectVariables(request: ProjectRequest, log: FindingLog): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const path of request.envFiles) {
    const name = displayName(path, request);
    const read = request.files.read(path, 'workspace');
    if ('failure' in read) {
      log.refuseFile(name, ...explainFailure(read.failure));
      continue;
    }
    const { entries, problems } = parseDotenv(
      new TextDecoder().decode(read.bytes),
      (asked) => values.get(asked) ?? request.variables[asked],
    );
    for (const { line, problem } of problems) log.refuseAt({ source: { name, folder: '' }, line }, '', problem, 'Correct the line.');
    for (const entry of entries) if (entry.value !== null) values.set(entry.name, entry.value);
  }
  for (const [name, value] of Object.entries(request.variables)) values.set(name, value);
  values.set('SHIPMATE_APP', request.app);
  values.set('SHIPMATE_ENVIRONMENT', request.environment);
  if (request.version !== null) values.set('VERSION', request.version);
  return values;
}

function loadAndMerge(request: ProjectRequest, variables: Variables, log: FindingLog): Cursor | null {
  const { files, projectFolder, workspaceFolder } = request;
  const loaded = request.composeFiles.map((path) => loadFile(resolve(path), { files, projectFolder, workspaceFolder, variables, log }));
  let merged: Tree | null = null;
  for (const tree of loaded) {
    // Said already; reading on without it would only add complaints about what it would have defined.
    if (tree === null) return null;
    merged = merged === null ? tree : mergeTrees(merged, tree);
  }
  if (merged === null) log.refuseFile(`${request.app}`, 'This app has no Compose file.', 'Name one in shipmate.yml.');
  return merged === null ? null : { tree: dropResets(merged), key: '' };
}

function readStack(
  root: Cursor,
  request: ProjectRequest,
  variables: Variables,
  log: FindingLog,
): { spec: StackSpec; contents: FileContents } {
  const { app, environment, policy, files, fingerprint, secrets: stored = NO_SECRETS } = request;
  const stack = stackName(app, environment);
  checkSupport(root, TOP_LEVEL, log);
  const { active, inactive } = splitByProfile(members(member(root, 'services')), request.profiles);
  if (active.size > MOST_SERVICES) {
    log.refuse(member(root, 'services') ?? root, `These are ${active.size} services.`, `Split the app: one may have ${MOST_SERVICES}.`);
    active.clear();
  }
  if (active.size === 0 && log.isClean)
    log.refuse(
      member(root, 'services') ?? root,
      'There is no service to run.',
      'Write at least one service with its `image`, or activate a profile.',
    );

  const section = (name: 'networks' | 'volumes' | 'secrets' | 'configs') => new Map(members(member(root, name)));
  const sections = { networks: section('networks'), volumes: section('volumes'), secrets: section('secrets'), configs: section('configs') };
  const names = (of: ReadonlyMap<string, Cursor>): ReadonlySet<string> => new Set(of.keys());
  const defined = {
    networks: names(sections.networks),
    volumes: names(sections.volumes),
    secrets: names(sections.secrets),
    configs: names(sections.configs),
  };
  const context: ServiceContext = { log, variables, files, policy, defined };

  const read = new Map<string, ServiceSpec>();
  const dependencies = new Map<string, readonly DependencyAt[]>();
  for (const [name, service] of active) {
    const spec = readService(name, service, context);
    if (spec !== null) read.set(name, spec);
    dependencies.set(name, readDependencies(service, log));
  }
  if (read.size === active.size) checkDependencies(dependencies, read, inactive, log);
  checkPublishedPorts(read, active, log);
  const services = asJobs(read, dependencies, active, log);

  const used = usedObjects(services);
  const objects = { app, environment, stack, log, variables, files, fingerprint, stored };
  const secrets = pick(sections.secrets, used.secrets, (key, at) => readFileObject('secret', key, at, objects));
  const configs = pick(sections.configs, used.configs, (key, at) => readFileObject('config', key, at, objects));
  warnAboutUnused(sections, used, log);
  const spec: StackSpec = {
    app,
    environment,
    stack,
    services: sortedRecord(services),
    networks: sortedRecord([...used.networks].map((key) => [key, readNetwork(key, sections.networks.get(key) ?? null, stack, log)])),
    volumes: sortedRecord(pick(sections.volumes, used.volumes, (key, at) => readVolume(key, at, stack, context))),
    secrets: sortedRecord([...secrets].map(([key, { spec }]) => [key, spec])),
    configs: sortedRecord([...configs].map(([key, { spec }]) => [key, spec])),
    dependencies: sortedRecord([...dependencies].map(([name, needed]) => [name, withoutPlaces(needed, services)])),
    settings: readReleaseSettings(root, active, log),
  };
  checkEngineNames(spec, { services: active, ...sections }, root, log);
  return { spec, contents: { secrets: contentsOf(secrets), configs: contentsOf(configs) } };
}

function usedObjects(
  services: ReadonlyMap<string, ServiceSpec>,
): Readonly<Record<'networks' | 'volumes' | 'secrets' | 'configs', ReadonlySet<string>>> {
  const all = [...services.values()];
  return {
    networks: new Set(all.flatMap(({ networks }) => networks.map(({ network }) => network))),
    volumes: new Set(
      all.flatMap(({ mounts }) => mounts.flatMap((mount) => (mount.type === 'volume' && mount.source !== undefined ? [mount.source] : []))),
    ),
    secrets: new Set(all.flatMap(({ secrets }) => secrets.map(({ source }) => source))),
    configs: new Set(all.flatMap(({ configs }) => configs.map(({ source }) => source))),
  };
}

/** Like `docker stack deploy`, nothing is created that no service uses. */
function warnAboutUnused(
  sections: Readonly<Record<'networks' | 'volumes' | 'secrets' | 'configs', ReadonlyMap<string, Cursor>>>,
  used: Readonly<Record<'networks' | 'volumes' | 'secrets' | 'configs', ReadonlySet<string>>>,
  log: FindingLog,
): void {
  for (const kind of ['networks', 'volumes', 'secrets', 'configs'] as const) {
    for (const [key, at] of sections[kind]) {
      if (!used[kind].has(key) && key !== DEFAULT_NETWORK) log.warn(at, 'No service uses it, so it is not created.', 'You may remove it.');
    }
  }
}

function pick<T>(
  section: ReadonlyMap<string, Cursor>,
  used: ReadonlySet<string>,
  read: (key: string, at: Cursor) => T,
): ReadonlyMap<string, T> {
  return new Map([...section].flatMap(([key, at]) => (used.has(key) ? [[key, read(key, at)] as const] : [])));
}

function withoutPlaces(needed: readonly DependencyAt[], services: ReadonlyMap<string, ServiceSpec>) {
  return needed
    .filter(({ service }) => services.has(service))
    .map(({ service, condition, required }) => ({ service, condition, required }));
}

function contentsOf(objects: ReadonlyMap<string, { readonly content: Uint8Array | null }>): ReadonlyMap<string, Uint8Array> {
  return new Map([...objects].flatMap(([key, { content }]) => (content === null ? [] : [[key, content] as const])));
}

function usedVersion(request: ProjectRequest, variables: Variables, log: FindingLog): string | null {
  const [file = request.app] = request.composeFiles.map((path) => displayName(path, request));
  if (request.version !== null) {
    if (!variables.usesVersion)
      log.warnFile(file, `Nothing in these files uses \${VERSION}, so the version changes nothing.`, `Write \`image: name:\${VERSION}\`.`);
    return request.version;
  }
  if (!variables.usesVersion) return null;
  const given = variables.get('VERSION');
  if (given !== undefined) return given;
  const [first, ...others] = variables.versionDefaults.filter(isVersion);
  if (others.length > 0)
    log.warnFile(
      file,
      `\${VERSION} has several defaults: ${[first, ...others].join(', ')}; the first counts as the version.`,
      'Use one default.',
    );
  return first ?? null;
}
