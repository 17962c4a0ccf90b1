import { deployByCli, removeTheirs } from './support/cli-side.ts';
import { requireWaitingDeploy } from './support/docker-cli.ts';
import { convergenceOf } from './support/engine-convergence.ts';
import { runBench, say } from './support/run-bench.ts';
import { deploy, removeOurs } from './support/shipmate-side.ts';
import { shopFile } from './support/shop-file.ts';
import { describeStages } from './support/stages.ts';
import { openStand, type Stand } from './support/stand.ts';
import { median, ratio, rounded } from './support/statistics.ts';

/**
 * The five services of the example, first deployed, then all changed, then deployed again unchanged: by Shipmate, from the
 * request to `succeeded`, and by `docker stack deploy --detach=false`, from its start to its end. One Compose file, the
 * same engine, in turns; who begins alternates.
 */
const ROUNDS = 5;

type Times = { readonly first: number[]; readonly changed: number[]; readonly unchanged: number[] };
const ours: Times = { first: [], changed: [], unchanged: [] };
const theirs: Times = { first: [], changed: [], unchanged: [] };
const firstChange: number[] = [];
const overhead: number[] = [];
const engine: { readonly first: number[]; readonly changed: number[] } = { first: [], changed: [] };

await runBench('deploy', ROUNDS, async (run) => {
  const stand = await openStand(run, shopFile());
  await requireWaitingDeploy(stand.cli);
  for (let round = 1; round <= run.rounds; round += 1) {
    const [from, to] = round % 2 === 1 ? ['1.0.0', '1.1.0'] : ['1.1.0', '1.0.0'];
    const turns = [() => measureOurs(stand, from, to), () => measureTheirs(stand, from, to)];
    for (const turn of round % 2 === 1 ? turns : turns.reverse()) {
      run.stop.throwIfAborted();
      say(`round ${round} of ${run.rounds}: ${await turn()}`);
    }
  }
  const figures = { firstMs: median(ours.first), changedMs: median(ours.changed), unchangedMs: median(ours.unchanged) };
  const baseline = { firstMs: median(theirs.first), changedMs: median(theirs.changed), unchangedMs: median(theirs.unchanged) };
  return {
    figures: {
      ...figures,
      requestToFirstEngineChangeMs: median(firstChange),
      overheadMs: median(overhead),
      firstEngineMs: median(engine.first),
      changedEngineMs: median(engine.changed),
    },
    baseline,
    ratios: {
      first: ratio(figures.firstMs, baseline.firstMs),
      changed: ratio(figures.changedMs, baseline.changedMs),
      unchanged: ratio(figures.unchangedMs, baseline.unchangedMs),
    },
  };
});

async function measureOurs(stand: Stand, from: string, to: string): Promise<string> {
  for (const [scenario, version] of [
    ['first', from],
    ['changed', to],
    ['unchanged', to],
  ] as const) {
    const measured = await deploy(stand, version);
    ours[scenario].push(measured.tookMs);
    say(`  shipmate ${scenario}: ${await describeStages(stand, measured)}`);
    if (scenario === 'unchanged') continue;
    const convergence = await convergenceOf(stand, measured);
    say(`  ${convergence.timeline}`);
    firstChange.push(convergence.firstChangeMs);
    overhead.push(convergence.overheadMs);
    engine[scenario].push(convergence.engineMs);
    say(
      `  shipmate ${scenario}: first write after ${rounded(convergence.firstChangeMs)} ms, succeeded ${rounded(convergence.overheadMs)} ms after the engine had converged`,
    );
  }
  await removeOurs(stand);
  return `shipmate ${describe(ours)}`;
}

async function measureTheirs(stand: Stand, from: string, to: string): Promise<string> {
  theirs.first.push(await deployByCli(stand, from));
  theirs.changed.push(await deployByCli(stand, to));
  theirs.unchanged.push(await deployByCli(stand, to));
  await removeTheirs(stand);
  return `docker stack deploy ${describe(theirs)}`;
}

function describe({ first, changed, unchanged }: Times): string {
  return [
    ['first', first],
    ['changed', changed],
    ['unchanged', unchanged],
  ]
    .map(([name, times]) => `${name} ${rounded(Number(times?.at(-1)))} ms`)
    .join(', ');
}
