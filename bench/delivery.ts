import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createLogger } from '../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.ts';
import { renderMessage } from '../adapters/slack/render-message.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { Parts } from '../src/application/parts.ts';
import { readDeployment } from '../src/application/read-deployment.ts';
import { messageSchema } from '../src/chat/message-schema.ts';
import { startDelivery } from '../src/chat-core/delivery/start-delivery.ts';
import { createDeploymentProjection } from '../src/chat-core/project-deployment.ts';
import { startProjector } from '../src/chat-core/start-projector.ts';
import type { Logger } from '../src/ports/logger.ts';
import { aWorkspace } from '../test/support/builders.ts';
import { NO_METRICS, only } from '../test/support/builders-parts.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../test/support/delivery/parts.ts';
import { createDatabase } from './support/create-database.ts';
import { runDeployment } from './support/delivery-deployments.ts';
import { type FaultShares, openSlack, type Slack } from './support/delivery-slack.ts';
import { StalenessWatch } from './support/delivery-watch.ts';
import { type BenchRun, runBench, say } from './support/run-bench.ts';
import { percentile, ratio } from './support/statistics.ts';

/**
 * Deployments in many channels at the same time, on a Slack that keeps its real ceilings (a message a second and channel, 50
 * edits a minute in the workspace), in real time. Deployments are rows in Postgres, projected by the real projection and delivered by
 * the real loop, messenger and client library. The same once more on a Slack that fails often; both run at the same time.
 * The baseline is one request for every written change.
 */
const DEPLOYMENTS = 100;
const CHANNELS = 20;
const SHORTEST_MS = 20_000;
const LONGEST_MS = 40_000;
const SAMPLE_MS = 500;
const NO_FAULTS: FaultShares = { rateLimited: 0, broken: 0, silent: 0 };
const FAULTS: FaultShares = { rateLimited: 0.1, broken: 0.1, silent: 0.05 };
/** All cards have their final state long before; what is still missing then is reported as missing. */
const PATIENCE_MS = 215_000;

type Result = {
  readonly stalenessP95Ms: number;
  readonly stalenessMaxMs: number;
  readonly lastFinalMs: number;
  readonly callsPerDeployment: number;
  readonly rateLimitAnswers: number;
  readonly finalCardsMissing: number;
  readonly cardsTwice: number;
  readonly cardsWrong: number;
  readonly detailsBehind: number;
  readonly versionsPerDeployment: number;
};

await runBench('delivery', 1, async (run) => {
  const deployments = Number(run.arguments[0] ?? DEPLOYMENTS);
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger });
  run.undo('Postgres', () => server.stop());
  const [steady, faulty] = await Promise.all([
    measure(run, logger, await createDatabase(server.url, 'steady'), 'steady', NO_FAULTS, deployments),
    measure(run, logger, await createDatabase(server.url, 'faulty'), 'faulty', FAULTS, deployments),
  ]);
  const { versionsPerDeployment, ...figures } = steady;
  const { versionsPerDeployment: _, ...withFaults } = faulty;
  return {
    figures: { ...figures, ...Object.fromEntries(Object.entries(withFaults).map(([name, value]) => [`faulty${capital(name)}`, value])) },
    baseline: { callsPerDeployment: versionsPerDeployment },
    ratios: { callsPerDeployment: ratio(figures.callsPerDeployment, versionsPerDeployment) },
  };
});

async function measure(
  run: BenchRun,
  logger: Logger,
  connectionString: string,
  name: string,
  faults: FaultShares,
  deployments: number,
): Promise<Result> {
  const database = new PostgresDatabase({ connectionString, logger, sealer: turningSealer });
  run.undo(`database ${name}`, () => database.close());
  await database.migrate();
  const watch = new StalenessWatch(connectionString);
  await watch.connect();
  run.undo(`watch ${name}`, () => watch.close());
  const slack = await openSlack(run, CHANNELS, faults, watch.onShown);
  const clock = systemClock;
  const parts = only<Parts>('application', { database, clock });
  const workspace = aWorkspace();
  const projection = createDeploymentProjection({
    database,
    readDeployment: (id) => readDeployment(parts, id),
    workspace: () => workspace,
    clock,
  });
  const projector = await startProjector({ database, projection, clock, logger, metrics: NO_METRICS });
  run.undo(`projector ${name}`, () => projector.stop());
  const delivery = await startDelivery({
    messengers: [slack.messenger],
    database,
    sealer: turningSealer,
    clock,
    logger,
    metrics: NO_DELIVERY_METRICS,
    accountOf: async () => null,
    directChannelOf: async () => null,
    onChannelGone: async () => undefined,
  });
  run.undo(`delivery ${name}`, () => delivery.stop());

  const startedAt = performance.now();
  const running = Promise.all(
    Array.from({ length: deployments }, (_, index) => {
      const durationMs = SHORTEST_MS + ((LONGEST_MS - SHORTEST_MS) * index) / deployments;
      return runDeployment(database, `app-${index}`, slack.channels[index % CHANNELS] ?? '', durationMs);
    }),
  );
  let isOver = false;
  void running.finally(() => {
    isOver = true;
  });
  let lastFinalMs = Number.NaN;
  for (let round = 0; performance.now() - startedAt < PATIENCE_MS; round += 1) {
    run.stop.throwIfAborted();
    await watch.sample();
    const behind = await watch.behind();
    if (isOver && behind.cards === 0 && Number.isNaN(lastFinalMs)) lastFinalMs = Math.round(performance.now() - startedAt);
    if (isOver && behind.cards + behind.details === 0 && (await isSettled(database))) break;
    if (round % 20 === 0)
      say(
        `${name}: ${Math.round((performance.now() - startedAt) / 1000)} s, behind: ${JSON.stringify(behind)}, ${JSON.stringify(slack.calls())}`,
      );
    await sleep(SAMPLE_MS);
  }
  await running;
  return judge(slack, watch, deployments, lastFinalMs);
}

/** From what really stands on the platform. */
async function judge(slack: Slack, watch: StalenessWatch, deployments: number, lastFinalMs: number): Promise<Result> {
  const standing = Map.groupBy(await slack.standing(), ({ id }) => id);
  const cards = (await watch.written()).filter(({ key }) => key.startsWith('card:'));
  const count = (isSo: (texts: readonly string[], wanted: string) => boolean) =>
    cards.filter(({ id, content }) =>
      isSo(
        (standing.get(id) ?? []).map(({ text }) => text),
        renderMessage(messageSchema.parse(content)).text,
      ),
    ).length;
  const calls = slack.calls();
  const requests = Object.values(calls).reduce((sum, number) => sum + number, 0);
  say(`${JSON.stringify(calls)}; payloads that Slack would not take: ${JSON.stringify(slack.problems().slice(0, 3))}`);
  return {
    stalenessP95Ms: percentile(watch.samples, 0.95),
    stalenessMaxMs: Math.max(...watch.samples),
    lastFinalMs,
    callsPerDeployment: Math.round((requests / deployments) * 10) / 10,
    rateLimitAnswers: slack.limited(),
    finalCardsMissing: deployments - cards.length + count((texts) => texts.length === 0),
    cardsTwice: count((texts) => texts.length > 1),
    cardsWrong: count((texts, wanted) => texts.length > 0 && texts.at(-1) !== wanted),
    detailsBehind: (await watch.behind()).details,
    versionsPerDeployment: Math.round((watch.versions / deployments) * 10) / 10,
  };
}

async function isSettled(database: PostgresDatabase): Promise<boolean> {
  return (await database.stores.deliveries.pending('slack', [], 1)).length === 0;
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
