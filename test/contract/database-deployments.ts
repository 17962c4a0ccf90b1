import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/domain/deployment.ts';
import { canTransition, DEPLOYMENT_STATES, type DeploymentState } from '../../src/domain/deployment-state.ts';
import type { Database, Fence } from '../../src/ports/database.ts';
import { FenceLostError } from '../../src/ports/faults.ts';
import { aProgress, aStage, store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

const PAIRS = DEPLOYMENT_STATES.flatMap((from) => DEPLOYMENT_STATES.map((to) => [from, to] as const));

export function describeDeployments(views: Views): void {
  const deployments = () => views().database.stores.deployments;
  const leases = () => views().database.stores.leases;
  /** A name that no other test uses. */
  const anApp = () => `app-${randomUUID().slice(0, 8)}`;

  async function held(stack: string, deploymentId: string): Promise<Fence> {
    const fence = await leases().acquire(stack, deploymentId, 'worker-1', 60_000);
    if (fence === null) throw new Error('the lease should be free');
    return fence;
  }

  /** The lease that was taken last is given back: whoever had it holds nothing any more. */
  async function lost({ stack, id }: Deployment): Promise<Fence> {
    const fence = await held(stack, id);
    await leases().release(fence);
    return fence;
  }

  describe('deployments', () => {
    it('gives back exactly what was stored', async () => {
      const stored = await store(views().database, {
        app: anApp(),
        reason: 'because “ü” \u{1F6A2}',
        previousVersion: '0.9.0',
        failure: { code: 'unhealthy', service: 'web', message: 'no answer' },
        cancelRequestedBy: { id: 'bob', name: 'Bob' },
        startedAt: 5,
        finishedAt: 6,
      });
      expect(await deployments().find(stored.id)).toEqual(stored);
      expect(await deployments().find('no-such-id')).toBeNull();
    });

    it('cancels what waits in a stack in favour of a newer one, and nothing else', async () => {
      const app = anApp();
      const running = await store(views().database, { app, state: 'running' });
      const waiting = await store(views().database, { app });
      const newer = await store(views().database, { app });
      const elsewhere = await store(views().database, { app: anApp() });
      const by = { deployment: newer.id, by: { id: 'bob', name: 'Bob' } };
      const given = await views().database.transact((inside) => inside.deployments.supersedeWaiting(waiting.stack, by, 9));
      expect(given).toEqual([{ ...waiting, state: 'cancelled', finishedAt: 9, supersededBy: by, revision: 2 }]);
      for (const other of [running, newer, elsewhere]) expect(await deployments().find(other.id)).toEqual(other);
    });

    it('lets one newer deployment at a time take the place of others, so that the second finds the first', async () => {
      const app = anApp();
      const waiting = await store(views().database, { app });
      const { releaseId, stack } = waiting;
      const supersede = (database: Database, id: string, meanwhile: () => Promise<void>) =>
        database.transact(async (inside) => {
          const given = await inside.deployments.supersedeWaiting(stack, { deployment: id, by: waiting.requester }, 9);
          await inside.deployments.insert({ ...waiting, id, releaseId }, null);
          await meanwhile();
          return given.map((deployment) => deployment.id);
        });
      const [first, second] = [randomUUID(), randomUUID()];
      let later: Promise<readonly string[]> = Promise.resolve([]);
      const earlier = await supersede(views().database, first, async () => {
        later = supersede(views().other, second, async () => undefined);
        // Enough turns of the database for the second one to get through, if nothing held it.
        for (let turn = 0; turn < 50; turn += 1) await views().other.ping();
      });
      expect(earlier).toEqual([waiting.id]);
      expect(await later).toEqual([first]);
      expect((await deployments().queueOf(stack)).map(({ id }) => id)).toEqual([second]);
    });

    it('stores text that a database could refuse', async () => {
      const stored = await store(views().database, { app: anApp(), reason: 'nul \u0000 and half a pair \ud800' });
      expect((await deployments().find(stored.id))?.reason).toBe('nul \uFFFD and half a pair \uFFFD');
    });

    it('finds the deployment that a delivery made, and refuses a second one of the same delivery', async () => {
      const deliveryId = randomUUID();
      const stored = await store(views().database, { app: anApp() }, deliveryId);
      expect((await deployments().findByDelivery('web', deliveryId))?.id).toBe(stored.id);
      expect(await deployments().findByDelivery('slack', deliveryId)).toBeNull();
      await expect(store(views().database, { app: anApp() }, deliveryId)).rejects.toThrow();
    });

    it('finds by the first characters of an id only when they mean one deployment', async () => {
      const app = anApp();
      await store(views().database, { app, id: 'f1x_a-1' });
      await store(views().database, { app, id: 'f1x_a-2', state: 'succeeded' });
      expect((await deployments().findByPrefix('f1x_a-2'))?.id).toBe('f1x_a-2');
      expect(await deployments().findByPrefix('f1x_a-')).toBeNull();
      expect(await deployments().findByPrefix('f1x%')).toBeNull();
      expect(await deployments().findByPrefix('')).toBeNull();
      await store(views().database, { app, id: 'q7z_b-1' });
      expect((await deployments().findByPrefix('q7z_'))?.id).toBe('q7z_b-1');
      expect(await deployments().findByPrefix('q7z')).toBeNull();
    });

    it.each(PAIRS)('moves from %s to %s only as the table of states allows', async (from, to) => {
      const stored = await store(views().database, { app: anApp(), state: from });
      const move = deployments().transition(stored.id, from, to, {}, null);
      if (canTransition(from, to)) {
        expect(await move).toBe(true);
        expect(await deployments().find(stored.id)).toMatchObject({ state: to, revision: stored.revision + 1 });
      } else {
        await expect(move).rejects.toThrow(`never goes from ${from} to ${to}`);
        expect(await deployments().find(stored.id)).toEqual(stored);
      }
    });

    it.each(PAIRS.filter(([from, to]) => canTransition(from, to)))(
      'does not move from %s to %s when the state is another',
      async (from, to) => {
        const actual: DeploymentState = from === 'requested' ? 'expired' : 'requested';
        const stored = await store(views().database, { app: anApp(), state: actual });
        expect(await deployments().transition(stored.id, from, to, { startedAt: 1 }, null)).toBe(false);
        expect(await deployments().find(stored.id)).toEqual(stored);
      },
    );

    it('sets what goes with a move, and leaves the rest', async () => {
      const stored = await store(views().database, { app: anApp(), startedAt: 3 });
      const failure = { code: 'unhealthy', service: 'web', message: 'no answer' } as const;
      await deployments().transition(stored.id, 'queued', 'running', { stage: 'prepare', failure, direction: 'back' }, null);
      expect(await deployments().find(stored.id)).toMatchObject({ startedAt: 3, stage: 'prepare', failure, direction: 'back' });
      await deployments().update(stored.id, { stage: null, failure: null, finishedAt: 9 }, null);
      expect(await deployments().find(stored.id)).toMatchObject({ stage: null, failure: null, direction: 'back', finishedAt: 9 });
    });

    it('never lets two deployments of a stack run', async () => {
      const app = anApp();
      const first = await store(views().database, { app });
      const second = await store(views().database, { app });
      expect(await deployments().transition(first.id, 'queued', 'running', {}, null)).toBe(true);
      expect(await deployments().transition(second.id, 'queued', 'running', {}, null)).toBe(false);
      const elsewhere = await store(views().database, { app, environment: 'testing' });
      expect(await deployments().transition(elsewhere.id, 'queued', 'running', {}, null)).toBe(true);
    });

    it('lets one of many simultaneous moves win', async () => {
      const stored = await store(views().database, { app: anApp() });
      const sides = [views().database, views().other];
      const moves = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (sides[index % 2] ?? views().database).stores.deployments.transition(stored.id, 'queued', 'running', {}, null),
        ),
      );
      expect(moves.filter(Boolean)).toHaveLength(1);
      expect((await deployments().find(stored.id))?.revision).toBe(stored.revision + 1);
    });

    it('writes nothing once a newer owner holds the environment', async () => {
      const stored = await store(views().database, { app: anApp() });
      const old = await held(stored.stack, stored.id);
      await held(stored.stack, stored.id);
      const own = deployments();
      expect(await own.transition(stored.id, 'queued', 'running', {}, old)).toBe(false);
      expect(await own.update(stored.id, { startedAt: 1 }, old)).toBe(false);
      expect(await own.saveProgress(stored.id, [aProgress()], old)).toBe(false);
      expect(await own.saveStage(stored.id, aStage(), old)).toBe(false);
      await expect(own.recordPrevious(stored.id, 'web', { Name: 'web' }, old)).rejects.toThrow(FenceLostError);
      expect(await own.find(stored.id)).toEqual(stored);
      expect(await own.progressOf(stored.id)).toEqual([]);
      expect(await own.stagesOf(stored.id)).toEqual([]);
      expect((await own.previousOf(stored.id)).size).toBe(0);
    });

    it('writes nothing after its own lease was released', async () => {
      const stored = await store(views().database, { app: anApp() });
      const fence = await held(stored.stack, stored.id);
      await leases().release(fence);
      expect(await deployments().transition(stored.id, 'queued', 'running', {}, fence)).toBe(false);
      expect(await deployments().saveProgress(stored.id, [aProgress()], fence)).toBe(false);
    });

    it('refuses the fence of another deployment as a mistake of the caller', async () => {
      const stored = await store(views().database, { app: anApp() });
      const fence = await held(stored.stack, 'another');
      await expect(deployments().update(stored.id, { startedAt: 1 }, fence)).rejects.toThrow('cannot guard');
    });

    it('keeps progress, stages and previous specifications for whoever takes over', async () => {
      const stored = await store(views().database, { app: anApp() });
      const fence = await held(stored.stack, stored.id);
      await deployments().recordPrevious(stored.id, 'web', { Name: 'web', Replicas: 2 }, fence);
      await deployments().recordPrevious(stored.id, 'web', { Name: 'already ours' }, fence);
      await deployments().recordPrevious(stored.id, 'api', null, fence);
      await deployments().saveProgress(stored.id, [aProgress({ running: 0 })], fence);
      await deployments().saveProgress(stored.id, [aProgress(), aProgress({ service: 'api' })], fence);
      await deployments().saveStage(stored.id, aStage(), fence);
      await deployments().saveStage(stored.id, aStage({ state: 'failed', lines: ['no engine'], finishedAt: 9 }), fence);
      await deployments().saveStage(stored.id, aStage({ attempt: 2 }), fence);

      const reader = views().other.stores.deployments;
      expect([...(await reader.previousOf(stored.id))]).toEqual([
        ['api', null],
        ['web', { Name: 'web', Replicas: 2 }],
      ]);
      expect(await reader.progressOf(stored.id)).toEqual([aProgress(), aProgress({ service: 'api' })]);
      expect(await reader.stagesOf(stored.id)).toEqual([
        aStage({ state: 'failed', lines: ['no engine'], finishedAt: 9 }),
        aStage({ attempt: 2 }),
      ]);
      expect((await reader.find(stored.id))?.revision).toBeGreaterThan(stored.revision);
    });

    it('takes a cancel request for an open deployment only, and remembers who asked first', async () => {
      const open = await store(views().database, { app: anApp() });
      expect(await deployments().requestCancel(open.id, { id: 'ada', name: 'Ada' })).toBe(true);
      expect(await deployments().requestCancel(open.id, { id: 'bob', name: 'Bob' })).toBe(true);
      expect((await deployments().find(open.id))?.cancelRequestedBy).toEqual({ id: 'ada', name: 'Ada' });
      const ended = await store(views().database, { app: anApp(), state: 'succeeded' });
      expect(await deployments().requestCancel(ended.id, { id: 'ada', name: 'Ada' })).toBe(false);
      expect((await deployments().find(ended.id))?.cancelRequestedBy).toBeNull();
    });

    it('takes no cancel request once clean-up has begun, because nobody would look at it, but does on the way back', async () => {
      const open = await store(views().database, { app: anApp(), state: 'running', stage: 'clean_up' });
      expect(await deployments().requestCancel(open.id, { id: 'ada', name: 'Ada' })).toBe(false);
      expect((await deployments().find(open.id))?.cancelRequestedBy).toBeNull();
      const back = await store(views().database, { app: anApp(), state: 'running', stage: 'clean_up', direction: 'back' });
      expect(await deployments().requestCancel(back.id, { id: 'ada', name: 'Ada' })).toBe(true);
    });

    it('orders the queue of a stack: the running one, those that may run, those that wait for a decision', async () => {
      const app = anApp();
      const [waiting, third, second, running] = [
        await store(views().database, { app, state: 'awaiting_approval', requestedAt: 1 }),
        await store(views().database, { app, requestedAt: 4 }),
        await store(views().database, { app, requestedAt: 3 }),
        await store(views().database, { app, state: 'running', requestedAt: 9 }),
      ];
      const tied = await store(views().database, { app, requestedAt: 4 });
      await store(views().database, { app, state: 'succeeded', requestedAt: 2 });
      const queue = await deployments().queueOf(running.stack);
      expect(queue.map((each) => each.id)).toEqual([running.id, second.id, third.id, tied.id, waiting.id]);
    });

    it('names the next deployment of each stack that nobody works on', async () => {
      const [busy, idle, resumed, expired] = [anApp(), anApp(), anApp(), anApp()];
      const worked = await store(views().database, { app: busy, state: 'running' });
      await held(worked.stack, worked.id);
      const next = await store(views().database, { app: idle, requestedAt: 1 });
      await store(views().database, { app: idle, requestedAt: 2 });
      const orphan = await store(views().database, { app: resumed, state: 'running', requestedAt: 8 });
      await store(views().database, { app: resumed, requestedAt: 7 });
      const left = await store(views().database, { app: expired, state: 'running' });
      await leases().acquire(left.stack, left.id, 'gone', 0);
      await store(views().database, { app: anApp(), state: 'awaiting_approval' });
      const runnable = await deployments().runnable(Date.now());
      const ours = runnable.filter(({ stack }) => [busy, idle, resumed, expired].some((app) => stack.startsWith(app)));
      expect(new Set(ours.map(({ id }) => id))).toEqual(new Set([next.id, orphan.id, left.id]));
    });

    it('counts who asked for deployments of a stack since a moment, without rollbacks and broken glass', async () => {
      const app = anApp();
      const [dana, olga] = [
        { id: 'dana', name: 'Dana' },
        { id: 'token:olga/ci', name: 'ci' },
      ];
      const { stack } = await store(views().database, { app, requester: dana, requestedAt: 9 });
      await store(views().database, { app, requester: dana, requestedAt: 10 });
      await store(views().database, { app, requester: { ...dana, name: 'Renamed' }, requestedAt: 12, state: 'cancelled' });
      await store(views().database, { app, requester: olga, requestedAt: 11, clearance: 'approval' });
      await store(views().database, { app, requester: olga, requestedAt: 11, kind: 'rollback' });
      await store(views().database, { app, requester: olga, requestedAt: 11, clearance: 'break_glass' });
      await store(views().database, { app, requester: olga, requestedAt: 11, environment: 'production' });
      const asked = await deployments().askedSince(stack, 10);
      expect([...asked].sort((a, b) => a.oldestAt - b.oldestAt)).toEqual([
        { requester: dana.id, count: 2, oldestAt: 10 },
        { requester: olga.id, count: 1, oldestAt: 11 },
      ]);
    });

    it('lets broken glass go before everything that only waits, and after what runs', async () => {
      const [idle, busy] = [anApp(), anApp()];
      const clearance = 'break_glass';
      const queued = await store(views().database, { app: idle, requestedAt: 1, clearance: 'approval' });
      const plain = await store(views().database, { app: idle, requestedAt: 2 });
      const glass = await store(views().database, { app: idle, requestedAt: 3, clearance });
      const another = await store(views().database, { app: idle, requestedAt: 4, clearance });
      expect((await deployments().queueOf(queued.stack)).map(({ id }) => id)).toEqual([glass.id, another.id, queued.id, plain.id]);
      const running = await store(views().database, { app: busy, state: 'running', requestedAt: 2 });
      const later = await store(views().database, { app: busy, requestedAt: 1, clearance });
      expect((await deployments().queueOf(running.stack)).map(({ id }) => id)).toEqual([running.id, later.id]);
      const runnable = await deployments().runnable(Date.now());
      const ours = runnable.filter(({ stack }) => stack === queued.stack || stack === running.stack).map(({ id }) => id);
      expect(new Set(ours)).toEqual(new Set([glass.id, running.id]));
    });

    it('reads what is set aside page by page, oldest first', async () => {
      const app = anApp();
      const asked = [3, 1, 2, 2].map((requestedAt) => store(views().database, { app, requestedAt }));
      const [last, first, second, third] = (await Promise.all(asked)).map(({ id }) => id);
      for (const id of [last, first, second, third])
        await deployments().hold(id ?? '', { since: 5, because: 'it is locked', opensAt: null }, null);
      const seen: string[] = [];
      for (let after: string | null = null; ; ) {
        const page: readonly { id: string; app: string }[] = await deployments().held(1, after);
        const [next] = page;
        if (next === undefined) break;
        if (next.app === app) seen.push(next.id);
        after = next.id;
      }
      expect(seen.filter((id) => id !== second && id !== third)).toEqual([first, last]);
      expect(new Set(seen.slice(1, 3))).toEqual(new Set([second, third]));
    });

    it('sets what is queued aside, out of the way of others, until it is put back or ends', async () => {
      const app = anApp();
      const first = await store(views().database, { app, requestedAt: 1 });
      const second = await store(views().database, { app, requestedAt: 2 });
      const hold = { since: 5, because: 'it is locked', opensAt: 9 };
      const ofOurs = (ids: readonly { id: string }[]) => ids.map(({ id }) => id).filter((id) => id === first.id || id === second.id);
      expect(await deployments().hold(first.id, null, null)).toBe(false);
      expect(await deployments().hold(first.id, hold, await held(first.stack, first.id))).toBe(true);
      expect(await deployments().hold(first.id, hold, await lost(first))).toBe(false);
      expect(await deployments().find(first.id)).toEqual({ ...first, hold, revision: 2 });
      expect(ofOurs(await deployments().held(100, null))).toEqual([first.id]);
      expect(ofOurs(await deployments().queueOf(first.stack))).toEqual([second.id, first.id]);
      expect(ofOurs(await deployments().runnable(Date.now()))).toEqual([second.id]);

      expect(await deployments().hold(first.id, null, null)).toBe(true);
      expect(await deployments().find(first.id)).toEqual({ ...first, revision: 3 });
      expect(ofOurs(await deployments().held(100, null))).toEqual([]);
      expect(ofOurs(await deployments().runnable(Date.now()))).toEqual([first.id]);

      await deployments().hold(first.id, hold, null);
      expect(await deployments().transition(first.id, 'queued', 'cancelled', { finishedAt: 9 }, null)).toBe(true);
      expect(await deployments().find(first.id)).toEqual({ ...first, state: 'cancelled', finishedAt: 9, revision: 5 });
      expect(await deployments().hold(first.id, hold, null)).toBe(false);
    });

    it('lists newest first, by stack, app, environment and state, page by page', async () => {
      const app = anApp();
      const made: Deployment[] = [];
      for (const [index, state] of (['succeeded', 'failed', 'succeeded', 'cancelled'] as const).entries()) {
        made.push(await store(views().database, { app, state, requestedAt: index, environment: index === 3 ? 'testing' : 'staging' }));
      }
      const ids = (indices: number[]) => indices.map((index) => made[index]?.id);
      const list = async (filter: Parameters<ReturnType<typeof deployments>['list']>[0]) =>
        (await deployments().list(filter)).map(({ id }) => id);
      expect(await list({ app, limit: 10 })).toEqual(ids([3, 2, 1, 0]));
      expect(await list({ app, environment: 'staging', limit: 2 })).toEqual(ids([2, 1]));
      expect(await list({ stack: `${app}-staging`, before: 2, limit: 10 })).toEqual(ids([1, 0]));
      expect(await list({ app, states: ['succeeded', 'cancelled'], limit: 10 })).toEqual(ids([3, 2, 0]));
      expect(await list({ app, states: [], limit: 10 })).toEqual([]);
    });

    it('tells how long a deployment typically takes and how many succeed', async () => {
      const app = anApp();
      const stack = `${app}-staging`;
      expect(await deployments().typicalDurationMs(stack)).toBeNull();
      expect(await deployments().statistics([stack], 0)).toEqual({ total: 0, succeeded: 0, failed: 0, medianDurationMs: null });
      for (const [state, startedAt, finishedAt] of [
        ['succeeded', 1_000, 2_000],
        ['succeeded', 1_000, 4_000],
        ['succeeded', 1_000, 12_000],
        ['rolled_back', 1_000, 90_000],
        ['errored', 1_000, 90_000],
        ['cancelled', null, 90_000],
        ['succeeded', 100, 500],
        ['running', 1_000, null],
      ] as const) {
        await store(views().database, { app, state, startedAt, finishedAt });
      }
      expect(await deployments().typicalDurationMs(stack)).toBe(2_000);
      expect(await deployments().statistics([stack], 1_000)).toEqual({ total: 6, succeeded: 3, failed: 2, medianDurationMs: 3_000 });
      expect((await deployments().statistics([stack, 'another-stack'], 1_000)).total).toBe(6);
      expect((await deployments().statistics([], 0)).total).toBe(0);
    });
  });
}
