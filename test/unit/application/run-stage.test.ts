import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeploymentRun } from '../../../src/application/deployment-run.ts';
import { HeldLease } from '../../../src/application/keep-lease.ts';
import { runStage } from '../../../src/application/run-stage.ts';
import type { StageReport } from '../../../src/domain/deployment.ts';
import type { Database, DeploymentStore, Stores } from '../../../src/ports/database.ts';
import { EngineRejectedError, EngineUnavailableError, FenceLostError } from '../../../src/ports/faults.ts';
import { aDeployment, aStack } from '../../support/builders.ts';
import { FakeClock, FakeLeases, only, someParts } from '../../support/builders-parts.ts';

const FENCE = { stack: 'shop-staging', deploymentId: 'd1', fence: 1 };
const OPTIONS = { attempts: 3, timeoutMs: null };

/** A run whose stage reports are kept in a list, in the order in which they were written. */
function aRun(earlier: readonly StageReport[] = []) {
  const clock = new FakeClock();
  const leases = new FakeLeases(clock, FENCE, 8000);
  const saved: StageReport[] = [];
  const held = (): boolean => leases.isHeld(FENCE);
  const deployments = only<DeploymentStore>('deployments', {
    stagesOf: async () => earlier,
    saveStage: async (_id, report) => held() && saved.push(report) > 0,
    update: async () => held(),
  });
  const stores = only<Stores>('stores', { deployments, leases: leases.store });
  const database = only<Database>('database', { stores, transact: (work) => work(stores), notify: async () => undefined });
  const parts = someParts({ clock, database });
  const lease = new HeldLease(parts, FENCE);
  const release = { id: 'r1', app: 'shop', environment: 'staging', version: '1', specHash: '', sourceCommit: null, createdAt: 0 };
  const run = new DeploymentRun(parts, lease, aDeployment(), { ...release, spec: aStack([]) });
  return { run, lease, leases, clock, saved, history: () => saved.map(({ state, attempt }) => `${state} ${attempt}`) };
}

describe('runStage', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets the backoff pass; the stage's own end is awaited by the test. */
  async function throughBackoff<T>(work: Promise<T>): Promise<T> {
    const settled = work.finally(() => undefined);
    settled.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    return settled;
  }

  it('records that it runs, then how it ended, with its lines and times', async () => {
    const { run, lease, clock, saved } = aRun();
    const now = clock.now();
    await runStage(run, 'prepare', OPTIONS, async (report) => {
      await clock.advance(100);
      report.line('2 update');
    });
    expect(saved).toEqual([
      { stage: 'prepare', state: 'running', attempt: 1, startedAt: now, finishedAt: null, lines: [] },
      { stage: 'prepare', state: 'succeeded', attempt: 1, startedAt: now, finishedAt: now + 100, lines: ['2 update'] },
    ]);
    await lease.release();
  });

  it('tries again on a fault that time may mend, and keeps only the lines of the last attempt', async () => {
    const { run, lease, saved, history } = aRun();
    let tries = 0;
    const work = runStage(run, 'stage', OPTIONS, async (report) => {
      tries += 1;
      report.line(`try ${tries}`);
      if (tries < 3) throw new EngineUnavailableError('away');
    });
    await throughBackoff(work);
    expect(history()).toEqual(['running 1', 'running 2', 'running 3', 'succeeded 3']);
    expect(saved.at(-1)?.lines).toEqual(['try 3']);
    await lease.release();
  });

  it('gives up after its attempts and comes out with the last fault', async () => {
    const { run, lease, history } = aRun();
    const work = runStage(run, 'stage', OPTIONS, async () => {
      throw new EngineUnavailableError('away');
    });
    await expect(throughBackoff(work)).rejects.toBeInstanceOf(EngineUnavailableError);
    expect(history()).toEqual(['running 1', 'running 2', 'running 3', 'failed 3']);
    await lease.release();
  });

  it.each([new EngineRejectedError('no such network'), new TypeError('broken')])('does not try again on %s', async (fault) => {
    const { run, lease, history } = aRun();
    const work = runStage(run, 'stage', OPTIONS, async () => {
      throw fault;
    });
    await expect(throughBackoff(work)).rejects.toBe(fault);
    expect(history()).toEqual(['running 1', 'failed 1']);
    await lease.release();
  });

  it('runs once when it has one attempt', async () => {
    const { run, lease, history } = aRun();
    const work = runStage(run, 'promote', { attempts: 1, timeoutMs: null }, async () => {
      throw new EngineUnavailableError('away');
    });
    await expect(throughBackoff(work)).rejects.toBeInstanceOf(EngineUnavailableError);
    expect(history()).toEqual(['running 1', 'failed 1']);
    await lease.release();
  });

  const earlier: StageReport = { stage: 'prepare', state: 'running', attempt: 2, startedAt: 7, finishedAt: null, lines: [] };

  it('is not run again when a former worker finished it', async () => {
    const { run, lease, saved } = aRun([{ ...earlier, state: 'succeeded' }]);
    await runStage(run, 'prepare', OPTIONS, () => Promise.reject(new Error('ran again')));
    expect(saved).toEqual([]);
    await lease.release();
  });

  it('goes on counting, from the first start, when a former worker left it unfinished', async () => {
    const { run, lease, saved } = aRun([earlier]);
    await runStage(run, 'prepare', OPTIONS, async () => undefined);
    expect(saved.map(({ state, attempt, startedAt }) => [state, attempt, startedAt])).toEqual([
      ['running', 3, 7],
      ['succeeded', 3, 7],
    ]);
    await lease.release();
  });

  it('tells its work to stop when its time is over', async () => {
    const { run, lease, history } = aRun();
    const work = runStage(run, 'validate', { attempts: 3, timeoutMs: 1 }, (_report, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(history()).toEqual(['running 1', 'failed 1']);
    await lease.release();
  });

  it('writes nothing more once another worker took over', async () => {
    const { run, lease, leases, history } = aRun();
    const work = runStage(run, 'stage', OPTIONS, async () => {
      leases.holder = { ...FENCE, fence: 2 };
    });
    await expect(throughBackoff(work)).rejects.toBeInstanceOf(FenceLostError);
    expect(history()).toEqual(['running 1']);
    expect(lease.signal.aborted).toBe(true);
    await lease.release();
    expect(leases.holder?.fence).toBe(2);
  });

  it('does not try again when the lease is lost while it waits to', async () => {
    const { run, lease, leases, history } = aRun();
    const work = runStage(run, 'stage', OPTIONS, async () => {
      leases.holder = { ...FENCE, fence: 2 };
      lease.lose();
      throw new EngineUnavailableError('away');
    });
    await expect(throughBackoff(work)).rejects.toBeInstanceOf(EngineUnavailableError);
    expect(history()).toEqual(['running 1']);
    await lease.release();
  });
});
