import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment, StageReport } from '../../src/domain/deployment.ts';
import type { Stage } from '../../src/domain/deployment-state.ts';
import type { Database, DeploymentChanges, Fence } from '../../src/ports/database.ts';
import { aProgress, store } from '../../test/contract/database-fixtures.ts';

/** Stages with what share of the deployment each takes. */
const STAGES: readonly (readonly [Stage, number])[] = [
  ['prepare', 0.1],
  ['promote', 0.7],
  ['verify', 0.15],
  ['clean_up', 0.05],
];
const REPLICAS = 4;

/** One deployment from its request to its end, as a worker writes it: state, stages, progress, each with its notification. */
export async function runDeployment(database: Database, app: string, channel: string, durationMs: number): Promise<string> {
  const { id, stack } = await store(database, {
    app,
    stack: `${app}-staging`,
    origin: { platform: 'slack', channel },
    requestedAt: Date.now(),
  });
  const { deployments, leases } = database.stores;
  await database.notify(database.stores, 'deployment', id);
  const fence = await leases.acquire(stack, id, 'bench', 10 * 60_000);
  if (fence === null) throw new Error(`${stack} is taken`);
  await change('queued', 'running', { startedAt: Date.now(), stage: 'prepare' }, fence);
  for (const [stage, share] of STAGES) await runStage(stage, durationMs * share, fence);
  await change('running', 'succeeded', { finishedAt: Date.now(), stage: null }, fence);
  return id;

  async function runStage(stage: Stage, ms: number, held: Fence): Promise<void> {
    const report: StageReport = { stage, state: 'running', attempt: 1, startedAt: Date.now(), finishedAt: null, lines: [] };
    await deployments.update(id, { stage }, held);
    await deployments.saveStage(id, report, held);
    await database.notify(database.stores, 'deployment', id);
    if (stage === 'promote') await replaceTasks(ms, held);
    else await sleep(ms);
    await deployments.saveStage(id, { ...report, state: 'succeeded', finishedAt: Date.now() }, held);
    await database.notify(database.stores, 'deployment', id);
  }

  async function replaceTasks(ms: number, held: Fence): Promise<void> {
    const appliedAt = Date.now();
    for (let running = 0; running <= REPLICAS; running += 1) {
      const isHealthy = running === REPLICAS;
      const progress = aProgress({
        phase: isHealthy ? 'healthy' : 'applied',
        desired: REPLICAS,
        running,
        appliedAt,
        deadlineAt: appliedAt + 120_000,
        healthySince: isHealthy ? Date.now() : null,
      });
      await deployments.saveProgress(id, [progress], held);
      await database.notify(database.stores, 'deployment', id);
      await sleep(ms / (REPLICAS + 1));
    }
  }

  async function change(from: Deployment['state'], to: Deployment['state'], changes: DeploymentChanges, held: Fence): Promise<void> {
    if (!(await deployments.transition(id, from, to, changes, held))) throw new Error(`${id} is not ${from}`);
    await database.notify(database.stores, 'deployment', id);
  }
}
