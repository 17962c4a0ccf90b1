import { describe, expect, it } from 'vitest';
import { DeploymentRun } from '../../../src/application/deployment-run.ts';
import { HeldLease } from '../../../src/application/keep-lease.ts';
import { untilReplacedTasksEnded } from '../../../src/application/replaced-tasks.ts';
import type { ObservedTask } from '../../../src/domain/observed.ts';
import type { Database, DeploymentStore, Stores } from '../../../src/ports/database.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import { aDeployment, anObservedService, anObservedStack, aService, aStack, aTask } from '../../support/builders.ts';
import { FakeClock, FakeLeases, only, someParts } from '../../support/builders-parts.ts';

const OLD = { isCurrent: false, state: 'running', desiredState: 'shutdown', containerId: 'c0' };

/** A run whose engine shows `tasks` as they are at the moment; `lines` is what the stage reports. */
function aRun(tasks: (now: number) => readonly ObservedTask[], stopGracePeriodMs = 2000) {
  const clock = new FakeClock();
  const fence = { stack: 'shop-staging', deploymentId: 'd1', fence: 1 };
  const leases = new FakeLeases(clock, fence, 8000);
  const deployments = only<DeploymentStore>('deployments', { find: async () => aDeployment() });
  const stores = only<Stores>('stores', { deployments, leases: leases.store });
  const orchestrator = only<Orchestrator>('orchestrator', {
    observe: async () =>
      anObservedStack({ services: [anObservedService(aService('web', { stopGracePeriodMs }))], tasks: tasks(clock.now()) }),
  });
  const parts = someParts({ clock, database: only<Database>('database', { stores }), orchestrator });
  const release = { id: 'r1', app: 'shop', environment: 'staging', version: '1', specHash: '', sourceCommit: null, createdAt: 0 };
  const run = new DeploymentRun(parts, new HeldLease(parts, fence), aDeployment(), { ...release, spec: aStack([]) });
  const lines: string[] = [];
  const wait = untilReplacedTasksEnded(run, { line: (text) => lines.push(text) }, new AbortController().signal);
  return { clock, lines, wait };
}

describe('tasks that were replaced', () => {
  it('are waited for until they have stopped, because they still answer', async () => {
    const start = new FakeClock().now();
    const { clock, lines, wait } = aRun((now) => [
      aTask('web'),
      aTask('web', { ...OLD, state: now < start + 3000 ? 'running' : 'shutdown' }),
    ]);
    let isOver = false;
    const over = wait.then(() => {
      isOver = true;
    });
    await clock.advance(2900);
    expect(isOver).toBe(false);
    await clock.advance(500);
    await over;
    expect(lines).toEqual([]);
  });

  it('cost nothing when there are none', async () => {
    const { lines, wait } = aRun(() => [aTask('web'), aTask('web', { ...OLD, state: 'shutdown' })]);
    // Nothing moves the clock here: any wait would last for ever.
    await wait;
    expect(lines).toEqual([]);
  });

  it('that never stop are named, and waited for no longer than their grace', async () => {
    const { clock, lines, wait } = aRun(() => [aTask('web', OLD)], 20_000);
    await clock.advance(29_000);
    expect(lines).toEqual([]);
    await clock.advance(2000);
    await wait;
    expect(lines).toEqual(['still stopping: web']);
  });
});
