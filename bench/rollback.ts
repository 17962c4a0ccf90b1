import { performance } from 'node:perf_hooks';
import { deployByCli } from './support/cli-side.ts';
import { requireWaitingDeploy } from './support/docker-cli.ts';
import { runBench, say } from './support/run-bench.ts';
import { clickRollBack, deploy } from './support/shipmate-side.ts';
import { shopFile } from './support/shop-file.ts';
import { describeStages } from './support/stages.ts';
import { openStand, type Stand } from './support/stand.ts';
import { median, ratio, rounded } from './support/statistics.ts';
import { imagesOf, untilRunning } from './support/until-running.ts';

/**
 * Three services on 1.1.0 that were on 1.0.0 before. Shipmate: from the click on Roll back until the engine runs the old
 * images everywhere, and until `succeeded`. Beside it `docker service rollback` on an identical stack, waiting as it does
 * by default: the three at the same time (the baseline of the ratio), and one after another as a person types them.
 */
const ROUNDS = 5;
const SERVICES = ['store', 'cache', 'api'];
const [OLD, NEW] = ['1.0.0', '1.1.0'];

const ours = { healthy: [] as number[], succeeded: [] as number[] };
const parallel = { healthy: [] as number[], returned: [] as number[] };
const serial = { healthy: [] as number[], returned: [] as number[] };

await runBench('rollback', ROUNDS, async (run) => {
  const stand = await openStand(run, shopFile({ services: SERVICES, rollbackAsUpdate: true }));
  await requireWaitingDeploy(stand.cli);
  const pinned = await imagesOf(stand, SERVICES, OLD, true);
  const tagged = await imagesOf(stand, SERVICES, OLD, false);
  say(`preparing both stacks with ${OLD}`);
  await deploy(stand, OLD);
  await deployByCli(stand, OLD);

  for (let round = 1; round <= run.rounds; round += 1) {
    const turns = [
      async () => {
        const { deployment } = await deploy(stand, NEW);
        const clickedAt = performance.now();
        const [seenAt, measured] = await Promise.all([
          untilRunning(stand, stand.stack, pinned, run.stop),
          clickRollBack(stand, deployment.id),
        ]);
        ours.healthy.push(seenAt - clickedAt);
        ours.succeeded.push(measured.tookMs);
        say(`  shipmate: healthy ${rounded(seenAt - clickedAt)} ms; ${await describeStages(stand, measured)}`);
      },
      () =>
        rollBackByCli(stand, tagged, run.stop, parallel, 'at the same time', () =>
          Promise.all(SERVICES.map((service) => stand.cli.run(['service', 'rollback', '--quiet', `${stand.cliStack}_${service}`]))),
        ),
      () =>
        rollBackByCli(stand, tagged, run.stop, serial, 'one after another', async () => {
          for (const service of SERVICES) await stand.cli.run(['service', 'rollback', '--quiet', `${stand.cliStack}_${service}`]);
        }),
    ];
    say(`round ${round} of ${run.rounds}`);
    for (const turn of round % 2 === 1 ? turns : turns.reverse()) {
      run.stop.throwIfAborted();
      await turn();
    }
  }
  const figures = { healthyMs: median(ours.healthy), succeededMs: median(ours.succeeded) };
  const baseline = {
    healthyMs: median(parallel.healthy),
    succeededMs: median(parallel.returned),
    healthyOneAfterAnotherMs: median(serial.healthy),
    succeededOneAfterAnotherMs: median(serial.returned),
  };
  return {
    figures,
    baseline,
    ratios: {
      healthy: ratio(figures.healthyMs, baseline.healthyMs),
      healthyOneAfterAnother: ratio(figures.healthyMs, baseline.healthyOneAfterAnotherMs),
      succeeded: ratio(figures.succeededMs, baseline.succeededMs),
    },
  };
});

async function rollBackByCli(
  stand: Stand,
  images: ReadonlyMap<string, string>,
  stop: AbortSignal,
  times: { readonly healthy: number[]; readonly returned: number[] },
  how: string,
  rollBack: () => Promise<unknown>,
): Promise<void> {
  await deployByCli(stand, NEW);
  const startedAt = performance.now();
  const [seenAt, returnedAt] = await Promise.all([
    untilRunning(stand, stand.cliStack, images, stop),
    rollBack().then(() => performance.now()),
  ]);
  times.healthy.push(seenAt - startedAt);
  times.returned.push(returnedAt - startedAt);
  say(`  docker service rollback, ${how}: healthy ${rounded(seenAt - startedAt)} ms, returned ${rounded(returnedAt - startedAt)} ms`);
}
