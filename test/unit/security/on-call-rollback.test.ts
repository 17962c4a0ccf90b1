import { describe, expect, it } from 'vitest';
import { requestRollback } from '../../../src/application/request-rollback.ts';
import type { ApprovalRequest } from '../../../src/domain/approval.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Release, Revision } from '../../../src/domain/release.ts';
import type { ApprovalStore } from '../../../src/ports/approval-store.ts';
import type { Database, DeploymentStore, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import type { LockStore } from '../../../src/ports/lock-store.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import { aDeployment, anApp, anEnvironment, anObservedStack, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const STACK = 'shop-production';
const PLACE = { app: 'shop', environment: 'production', stack: STACK } as const;
const POLICY = {
  rules: [{ count: 1, from: ['owner'] }],
  expiresAfterMs: 3_600_000,
  secondFactor: true,
  waitMs: 0,
  remindAfterMs: 60_000,
  escalateAfterMs: null,
  escalateTo: [],
};

const release = (id: string, version: string): Release => {
  const spec = aStack([aService('web', {}, version)], PLACE);
  return { ...PLACE, id, version, spec, specHash: `hash-${version}`, sourceCommit: null, createdAt: 0 };
};
const RELEASES = [release('r1', '1.0.0'), release('r2', '2.0.0')];
const revision = (number: number, version: string, activeTo: number | null): Revision => ({
  stack: STACK,
  number,
  releaseId: `r${number}`,
  version,
  deploymentId: `d${number}`,
  activeFrom: number,
  activeTo,
});
const REVISIONS = [revision(2, '2.0.0', null), revision(1, '1.0.0', 2)];

/** Production runs 2.0.0, and Dana has asked to go back to 1.0.0, which waits for approval. */
function lab() {
  const open: Deployment[] = [
    aDeployment({
      ...PLACE,
      id: 'asked',
      kind: 'rollback',
      releaseId: 'r1',
      version: '1.0.0',
      state: 'awaiting_approval',
      clearance: 'approval',
    }),
  ];
  const change = (id: string, members: Partial<Deployment>): boolean => {
    const index = open.findIndex((one) => one.id === id);
    const found = open[index];
    if (found !== undefined) open[index] = { ...found, ...members };
    return found !== undefined;
  };
  const deployments = only<DeploymentStore>('deployments', {
    findByDelivery: async () => null,
    find: async (id) => open.find((one) => one.id === id) ?? aDeployment({ ...PLACE, id, state: 'succeeded', clearance: 'approval' }),
    list: async () => [],
    queueOf: async () => open.filter(({ state }) => state !== 'cancelled'),
    lockQueue: async () => undefined,
    requestCancel: async (id, by) => change(id, { cancelRequestedBy: by }),
    transition: async (id, from, to) => open.some((one) => one.id === id && one.state === from) && change(id, { state: to }),
    insert: async (created) => void open.push(created),
  });
  const waiting = { id: 'request', deploymentId: 'asked', state: 'open' } as ApprovalRequest;
  const stores = only<Stores>('stores', {
    deployments,
    releases: only<ReleaseStore>('releases', {
      revisions: async () => REVISIONS,
      currentRevision: async () => REVISIONS[0] ?? null,
      find: async (id) => RELEASES.find((one) => one.id === id) ?? null,
      findBySpecHash: async () => RELEASES[0] ?? null,
    }),
    approvals: only<ApprovalStore>('approvals', {
      findByDeployment: async (id) => (id === 'asked' ? waiting : null),
      lock: async () => waiting,
      close: async () => true,
      insert: async () => undefined,
    }),
    locks: only<LockStore>('locks', { standing: async () => [], freezes: async () => [] }),
    audit: only<Stores['audit']>('audit', { append: async () => undefined }),
  });
  const roles = { owner: ['olga'], admin: [], developer: ['dana', 'dan'], viewer: [], incident: ['ida'] };
  const parts = someParts({
    database: only<Database>('database', { stores, transact: (work) => work(stores), notify: async () => undefined }),
    orchestrator: only<Orchestrator>('orchestrator', { observe: async (stack) => anObservedStack({ stack }) }),
    queue: only<DeploymentQueue>('queue', { wake: async () => undefined }),
    workspace: () =>
      aWorkspace({
        apps: { shop: anApp('shop', { roles }) },
        environments: { production: anEnvironment('production', { protected: true, approvals: POLICY }) },
      }),
  });
  const rollBack = (id: string) =>
    requestRollback(parts, {
      person: { id, name: id },
      app: 'shop',
      environment: 'production',
      to: null,
      reason: null,
      origin: { platform: 'web', channel: 'ops', deliveryId: `${id} rolls back` },
    });
  return { open, rollBack };
}

describe('a rollback that waits for approval', () => {
  it('does not hold up who is on call: theirs goes at once, in its place', async () => {
    const { open, rollBack } = lab();
    expect(await rollBack('ida')).toMatchObject({
      deployment: { clearance: 'on_call', state: 'queued', version: '1.0.0' },
      repeated: false,
    });
    expect(open.map(({ id, state }) => `${id === 'asked' ? id : 'new'} ${state}`)).toEqual(['asked cancelled', 'new queued']);
  });

  it('is joined by others who would have to wait, too', async () => {
    const { open, rollBack } = lab();
    expect(await rollBack('dan')).toMatchObject({ deployment: { id: 'asked', state: 'awaiting_approval' }, repeated: true });
    expect(open).toHaveLength(1);
  });
});
