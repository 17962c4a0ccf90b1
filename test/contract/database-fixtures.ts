import { randomUUID } from 'node:crypto';
import type { NewAuditRecord } from '../../src/domain/audit.ts';
import type { Deployment, ServiceProgress, StageReport } from '../../src/domain/deployment.ts';
import type { Release } from '../../src/domain/release.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../src/domain/release-settings.ts';
import type { Database } from '../../src/ports/database.ts';
import type { NewMessage } from '../../src/ports/message-store.ts';

const AT = Date.UTC(2026, 0, 1);

export function aRelease(changes: Partial<Release> = {}): Release {
  const { app = 'shop', environment = 'staging' } = changes;
  return {
    id: randomUUID(),
    app,
    environment,
    version: '1.0.0',
    spec: {
      app,
      environment,
      stack: `${app}-${environment}`,
      services: {},
      networks: {},
      volumes: {},
      secrets: {},
      configs: {},
      dependencies: {},
      settings: DEFAULT_RELEASE_SETTINGS,
    },
    specHash: 'hash-of-spec',
    sourceCommit: null,
    createdAt: AT,
    ...changes,
  };
}

export function anAuditRecord(changes: Partial<NewAuditRecord> = {}): NewAuditRecord {
  return {
    at: 1,
    actor: 'ada',
    action: 'deployment.request',
    subject: 'shop/staging',
    source: 'web #deployments',
    result: 'done',
    details: { version: '1.0.0' },
    ...changes,
  };
}

export function aDeployment(changes: Partial<Deployment> = {}): Deployment {
  const { app = 'shop', environment = 'staging', version = '1.0.0' } = changes;
  const stack = changes.stack ?? `${app}-${environment}`;
  return {
    id: randomUUID(),
    kind: 'deploy',
    app,
    environment,
    stack,
    releaseId: randomUUID(),
    version,
    previousVersion: null,
    requester: { id: 'ada', name: 'Ada' },
    reason: null,
    state: 'queued',
    stage: null,
    direction: 'forward',
    failure: null,
    cancelRequestedBy: null,
    plan: {
      app,
      environment,
      stack,
      version,
      services: [],
      objects: [],
      notes: ['a note'],
      settings: DEFAULT_RELEASE_SETTINGS,
      specHash: 'hash-of-spec',
    },
    planHash: 'hash-of-plan',
    origin: { platform: 'web', channel: 'deployments' },
    requestedAt: AT,
    startedAt: null,
    finishedAt: null,
    revision: 1,
    ...changes,
  };
}

/** Stores a deployment together with its release. */
export async function store(database: Database, changes: Partial<Deployment> = {}, deliveryId: string | null = null): Promise<Deployment> {
  const deployment = aDeployment(changes);
  await database.transact(async (stores) => {
    const known = await stores.releases.find(deployment.releaseId);
    if (known === null)
      await stores.releases.insert(aRelease({ id: deployment.releaseId, app: deployment.app, version: deployment.version }));
    await stores.deployments.insert(deployment, deliveryId);
  });
  return deployment;
}

export function aMessage(changes: Partial<NewMessage> = {}): NewMessage {
  return {
    platform: 'web',
    channel: 'deployments',
    threadRoot: null,
    key: null,
    author: { kind: 'bot' },
    privateTo: null,
    content: { summary: 'hello' },
    at: AT,
    ...changes,
  };
}

export function aProgress(changes: Partial<ServiceProgress> = {}): ServiceProgress {
  return {
    service: 'web',
    wave: 0,
    phase: 'applied',
    desired: 2,
    running: 1,
    appliedAt: AT,
    deadlineAt: AT + 60_000,
    healthySince: null,
    message: null,
    ...changes,
  };
}

export function aStage(changes: Partial<StageReport> = {}): StageReport {
  return { stage: 'prepare', state: 'running', attempt: 1, startedAt: AT, finishedAt: null, lines: [], ...changes };
}
