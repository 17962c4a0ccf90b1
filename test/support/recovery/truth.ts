import { expect, vi } from 'vitest';
import type { AuditRecord } from '../../../src/domain/audit.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { ObservedStack } from '../../../src/domain/observed.ts';
import type { Lab } from './lab.ts';
import { JOB } from './tiny-app.ts';

/** What must be so after a deployment, whatever happened on the way to its end. */

/** What an environment has before a deployment, to compare with afterwards. */
export async function currentRelease(lab: Lab, app: string = lab.app) {
  const { releases } = lab.parts.database.stores;
  const revision = await releases.currentRevision(lab.stackOf(app));
  const revisions = await releases.revisions(lab.stackOf(app), 1000);
  return { revision, count: revisions.length };
}
/** Several tasks in a slot are one. */
type Counting = { readonly countSlots?: boolean };
type Before = Awaited<ReturnType<typeof currentRelease>>;

/** The new release and nothing else: state, revision, digests, the job, the records. */
export async function expectForward(lab: Lab, ended: Deployment, before: Before, options: Counting = {}): Promise<void> {
  expect(ended).toMatchObject({ state: 'succeeded', failure: null });
  const now = await currentRelease(lab, ended.app);
  expect(now.count).toBe(before.count + 1);
  expect(now.revision).toMatchObject({ deploymentId: ended.id, releaseId: ended.releaseId });
  const observed = await expectRunning(lab, ended.releaseId, options);
  await expectJobOnce(observed, lab, ended);
  await expectRecords(lab, ended, 'deployment.succeeded');
}

/** The old release and nothing else. */
export async function expectBack(
  lab: Lab,
  ended: Deployment,
  before: Before,
  state: 'rolled_back' | 'cancelled',
  options: Counting = {},
): Promise<void> {
  expect(ended.state).toBe(state);
  expect(await currentRelease(lab, ended.app)).toEqual(before);
  if (before.revision === null) throw new Error('there is nothing to be back at');
  await expectRunning(lab, before.revision.releaseId, options);
  await expectRecords(lab, ended, `deployment.${state}`);
}

/** Every wanted task is healthy, of the service's present specification and of this release's digest; nothing else runs or lies about. */
async function expectRunning(lab: Lab, releaseId: string, { countSlots = false }: Counting): Promise<ObservedStack> {
  const release = await lab.parts.database.stores.releases.find(releaseId);
  if (release === null) throw new Error(`no release ${releaseId}`);
  const services = Object.values(release.spec.services).filter((service) => service.name !== JOB);
  const seen = await vi.waitFor(
    async () => {
      const observed = await lab.parts.orchestrator.observe(release.spec.stack);
      for (const service of services) {
        const tasks = observed.tasks.filter(
          (task) => task.service === service.name && (task.desiredState === 'running' || task.state === 'running'),
        );
        const counted = countSlots ? tasks.filter((task, at) => tasks.findIndex(({ slot }) => slot === task.slot) === at) : tasks;
        expect(tasks.map(({ image }) => image)).toEqual(tasks.map(() => service.pinnedImage));
        expect(
          counted.map(({ image, isCurrent, state, desiredState }) => ({ service: service.name, image, isCurrent, state, desiredState })),
        ).toEqual([{ service: service.name, image: service.pinnedImage, isCurrent: true, state: 'running', desiredState: 'running' }]);
      }
      return observed;
    },
    // Replaced tasks still stop within their grace period.
    { timeout: 10_000, interval: 100 },
  );
  const named = seen.services.map((service) => service.service).filter((name) => name !== JOB);
  expect(named.sort()).toEqual(services.map((service) => service.name).sort());
  await expectNothingOrphaned(lab, seen);
  return seen;
}

/** Hooks and probes, networks and configs that no revision needs, leases that are never given back. */
async function expectNothingOrphaned(lab: Lab, observed: ObservedStack): Promise<void> {
  const { releases, leases } = lab.parts.database.stores;
  const revisions = await releases.revisions(observed.stack, 6);
  const needed = new Set<string>();
  for (const { releaseId } of revisions) {
    const release = await releases.find(releaseId);
    for (const object of [...Object.values(release?.spec.networks ?? {}), ...Object.values(release?.spec.configs ?? {})])
      needed.add(object.engineName);
  }
  const present = [...observed.networks, ...observed.configs, ...observed.secrets].map((object) => object.engineName);
  expect(present.filter((name) => !needed.has(name))).toEqual([]);
  await vi.waitFor(
    async () => {
      const holder = await leases.holderOf(observed.stack);
      expect(holder === null || holder.isExpired, 'the lease is free').toBe(true);
    },
    { timeout: 5_000, interval: 50 },
  );
}

async function expectJobOnce(observed: ObservedStack, lab: Lab, ended: Deployment): Promise<void> {
  const release = await lab.parts.database.stores.releases.find(ended.releaseId);
  const job = release?.spec.services[JOB];
  if (job === undefined) return;
  // The engine keeps the tasks of former executions, so each execution is one.
  const runs = observed.tasks.filter((task) => task.service === JOB && task.createdAt >= ended.requestedAt);
  expect(
    runs.map(({ image, state }) => ({ image, state })),
    'executions of the job',
  ).toEqual([{ image: job.pinnedImage, state: 'complete' }]);
}

/** One end, in one audit record. */
async function expectRecords(lab: Lab, ended: Deployment, action: string): Promise<void> {
  const ends = await endRecords(lab, ended);
  expect(ends.map((record) => record.action)).toEqual([action]);
}

export async function endRecords(lab: Lab, { id, app, environment }: Deployment): Promise<readonly AuditRecord[]> {
  const records = await lab.parts.database.stores.audit.list({ subject: `${app}/${environment}`, actor: 'system', limit: 1000 });
  return records.filter(({ action, details }) => details['deployment'] === id && action !== 'deployment.start');
}
