import type { Deployment, ServiceProgress } from '../../src/domain/deployment.ts';
import type { ObservedService, ObservedStack, ObservedTask } from '../../src/domain/observed.ts';
import type { ServicePlan } from '../../src/domain/plan.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../src/domain/release-settings.ts';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { Dependency, StackSpec } from '../../src/domain/stack-spec.ts';
import type { AppConfig, EnvironmentConfig, Workspace } from '../../src/ports/workspace.ts';

/** Valid values with as little in them as possible; a test names only what it is about. */

/** A pinned reference whose digest follows from the version, so that equal versions are equal digests. */
export function pinned(name: string, version: string): string {
  const hex = [...`${name}:${version}`].map((char) => char.charCodeAt(0).toString(16)).join('');
  return `example/${name}:${version}@sha256:${hex.padEnd(64, '0').slice(0, 64)}`;
}

export function aService(name: string, members: Partial<ServiceSpec> = {}, version = '1.0.0'): ServiceSpec {
  return {
    name,
    image: `example/${name}:${version}`,
    pinnedImage: pinned(name, version),
    environment: {},
    labels: {},
    containerLabels: {},
    mounts: [],
    networks: [],
    ports: [],
    mode: { kind: 'replicated', replicas: 1 },
    secrets: [],
    configs: [],
    ...members,
  };
}

export function aJob(name: string, members: Partial<ServiceSpec> = {}, version = '1.0.0'): ServiceSpec {
  return aService(name, { mode: { kind: 'replicated-job', replicas: 1 }, ...members }, version);
}

export function aStack(services: readonly ServiceSpec[], members: Partial<StackSpec> = {}): StackSpec {
  return {
    app: 'shop',
    environment: 'staging',
    stack: 'shop-staging',
    services: Object.fromEntries(services.map((service) => [service.name, service])),
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    dependencies: {},
    settings: DEFAULT_RELEASE_SETTINGS,
    ...members,
  };
}

export function needs(service: string, members: Partial<Dependency> = {}): Dependency {
  return { service, condition: 'service_healthy', required: true, ...members };
}

export function anObservedService(spec: ServiceSpec, members: Partial<ObservedService> = {}): ObservedService {
  return {
    id: `id-${spec.name}`,
    service: spec.name,
    version: 1,
    spec,
    unmodelled: {},
    engineSpec: { Name: spec.name },
    owner: null,
    updatedAt: 0,
    update: null,
    ...members,
  };
}

export function aTask(service: string, members: Partial<ObservedTask> = {}): ObservedTask {
  return {
    id: 'task',
    service,
    slot: 1,
    nodeId: 'node-1',
    image: pinned(service, '1.0.0'),
    isCurrent: true,
    state: 'running',
    desiredState: 'running',
    message: 'started',
    error: null,
    exitCode: null,
    containerId: null,
    createdAt: 1000,
    stateSince: 1000,
    ...members,
  };
}

export function anObservedStack(members: Partial<ObservedStack> = {}): ObservedStack {
  return { stack: 'shop-staging', services: [], tasks: [], networks: [], secrets: [], configs: [], ...members };
}

export function aServicePlan(service: string, members: Partial<ServicePlan> = {}): ServicePlan {
  return {
    service,
    action: 'update',
    wave: 0,
    image: `example/${service}:1.0.0`,
    pinnedImage: pinned(service, '1.0.0'),
    isJob: false,
    desired: 1,
    monitorMs: 0,
    progressDeadlineMs: 10_000,
    maxTaskFailures: 0,
    changes: [],
    ...members,
  };
}

export function aProgress(service: string, members: Partial<ServiceProgress> = {}): ServiceProgress {
  return {
    service,
    wave: 0,
    phase: 'pending',
    desired: 1,
    running: 0,
    appliedAt: null,
    deadlineAt: null,
    healthySince: null,
    message: null,
    ...members,
  };
}

export function anApp(name: string, members: Partial<AppConfig> = {}): AppConfig {
  const environment = { overrideFiles: [], variables: {}, envFiles: [], profiles: [], channels: [] };
  return {
    name,
    description: '',
    repository: null,
    composeFiles: [],
    environments: { staging: environment, production: environment },
    roles: { owner: ['olga'], admin: ['adam'], developer: ['dana'], viewer: ['vera'], incident: [] },
    subscriptions: [],
    ...members,
  };
}

export function anEnvironment(name: string, members: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  return {
    name,
    protected: false,
    deployers: ['owner', 'admin', 'developer'],
    approvals: null,
    reason: null,
    after: null,
    allowOutdated: true,
    freezes: [],
    windows: [],
    lockAfterRollback: false,
    policyVersion: 'policy-1',
    rollbackWithoutApproval: ['incident'],
    ...members,
  };
}

export function aWorkspace(members: Partial<Workspace> = {}): Workspace {
  return {
    name: 'test',
    folder: '/srv/test',
    development: false,
    apps: { shop: anApp('shop') },
    environments: {
      staging: anEnvironment('staging'),
      production: anEnvironment('production', { deployers: ['owner', 'admin'] }),
      preview: anEnvironment('preview', { deployers: ['owner'] }),
    },
    people: {
      olga: { id: 'olga', name: 'Olga Owner', identities: {} },
      adam: { id: 'adam', name: 'Adam Admin', identities: {} },
    },
    groups: {},
    channels: [],
    hooks: {},
    engine: { allowBindMounts: [], allowAddedCapabilities: [], allowRootUser: false, encryptNetworks: false, probeImage: null },
    audit: { keepMs: null },
    workingHours: [],
    secondFactor: { firstFactor: 'open' },
    limits: { commandsPerMinute: 60, channelCommandsPerMinute: 300, deploymentsPerHour: 120 },
    ...members,
  };
}

export function aDeployment(members: Partial<Deployment> = {}): Deployment {
  return {
    id: 'd1',
    kind: 'deploy',
    app: 'shop',
    environment: 'staging',
    stack: 'shop-staging',
    releaseId: 'r1',
    version: '1.0.0',
    previousVersion: null,
    requester: { id: 'dana', name: 'Dana Developer' },
    reason: null,
    state: 'running',
    stage: null,
    direction: 'forward',
    failure: null,
    cancelRequestedBy: null,
    plan: {
      app: 'shop',
      environment: 'staging',
      stack: 'shop-staging',
      version: '1.0.0',
      services: [],
      objects: [],
      notes: [],
      settings: DEFAULT_RELEASE_SETTINGS,
      specHash: 'hash',
    },
    planHash: 'hash',
    origin: null,
    requestedAt: 0,
    startedAt: 0,
    finishedAt: null,
    revision: 1,
    ...members,
  };
}
