import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendVisitors, totalOf, type VisitorCounts, type Visitors } from '../src/cli/demo/visitors.ts';
import { deployByCli, removeTheirs } from './support/cli-side.ts';
import { requireWaitingDeploy } from './support/docker-cli.ts';
import { runBench, say } from './support/run-bench.ts';
import { clickRollBack, deploy, removeOurs } from './support/shipmate-side.ts';
import { shopFile } from './support/shop-file.ts';
import { openStand, type Stand } from './support/stand.ts';
import { ratio } from './support/statistics.ts';

/**
 * Failed requests while the example goes from 1.0.0 to 1.1.0 and back under load. Visitors ask the web tasks at the tasks'
 * own addresses, each request over a fresh look-up and connection and without a second try. Shipmate goes forward by
 * deploying and back by the Roll back button; the baseline is the same load over updates by `docker stack deploy`.
 */
const ROUNDS = 3;
const VISITORS = 16;
const PAUSE_MS = 10;
/** Requests that must be answered before the first update and after each, so that every update meets the load. */
const ANSWERS_BETWEEN = 200;

type Load = { readonly requests: number; readonly failed: number; readonly updates: number; readonly perSecond: number };

await runBench('update', ROUNDS, async (run) => {
  const stand = await openStand(run, shopFile());
  await requireWaitingDeploy(stand.cli);
  const visiting = new Set<Visitors>();
  // They stand on the stacks' networks, so they leave before the stacks are removed.
  run.undo('the visitors', async () => {
    for (const visitors of visiting) await visitors.leave();
  });
  const underLoad = async (stack: string, updates: readonly (() => Promise<unknown>)[]): Promise<Load> => {
    const visitors = await sendVisitors({
      docker: stand.parts.docker,
      name: `${stack}-visitors`,
      network: `${stack}_inside`,
      image: 'shop/web:1.0.0',
      visitors: VISITORS,
      pauseMs: PAUSE_MS,
      patienceMs: 5_000,
    });
    visiting.add(visitors);
    let counts = await untilAnswered(visitors, ANSWERS_BETWEEN, run.stop);
    const startedAt = performance.now();
    for (const update of updates) {
      run.stop.throwIfAborted();
      await update();
      counts = await untilAnswered(visitors, totalOf(counts.answers) + ANSWERS_BETWEEN, run.stop);
      say(`  ${stack}: ${JSON.stringify(counts)}`);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await visitors.leave();
    visiting.delete(visitors);
    const failed = totalOf(counts.failures);
    const requests = totalOf(counts.answers) + failed;
    return { requests, failed, updates: updates.length, perSecond: Math.round(requests / seconds) };
  };

  say(`shipmate: ${run.rounds} updates and as many rollbacks`);
  await deploy(stand, '1.0.0');
  const ours = await underLoad(
    stand.stack,
    thereAndBack(run.rounds, () => deploy(stand, '1.1.0'), rollBackNewest(stand)),
  );
  await removeOurs(stand);

  say(`docker stack deploy: as many updates there and back`);
  await deployByCli(stand, '1.0.0');
  const back = () => deployByCli(stand, '1.0.0');
  const theirs = await underLoad(
    stand.cliStack,
    thereAndBack(run.rounds, () => deployByCli(stand, '1.1.0'), back),
  );
  await removeTheirs(stand);

  // Of two zeros there is no ratio; the shares of failed requests tell more than their counts, as the loads last differently long.
  return {
    figures: { ...ours, failedShare: ours.failed / ours.requests },
    baseline: { ...theirs, failedShare: theirs.failed / theirs.requests },
    ratios: { requestsPerSecond: ratio(ours.perSecond, theirs.perSecond) },
  };
});

function thereAndBack(rounds: number, there: () => Promise<unknown>, back: () => Promise<unknown>): readonly (() => Promise<unknown>)[] {
  return Array.from({ length: rounds }, () => [there, back]).flat();
}

function rollBackNewest(stand: Stand): () => Promise<unknown> {
  return async () => {
    const [newest] = await stand.parts.database.stores.deployments.list({ stack: stand.stack, limit: 1 });
    return newest === undefined ? undefined : clickRollBack(stand, newest.id);
  };
}

async function untilAnswered(visitors: Visitors, count: number, stop: AbortSignal): Promise<VisitorCounts> {
  for (const until = performance.now() + 60_000; ; ) {
    stop.throwIfAborted();
    const counts = await visitors.counts();
    if (totalOf(counts.answers) >= count) return counts;
    if (performance.now() > until) throw new Error(`the visitors get no answers any more: ${JSON.stringify(counts)}`);
    await sleep(100);
  }
}
