import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { generateSync } from 'otplib';
import { createDeploymentQueue } from '../adapters/bullmq/deployment-queue.ts';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { authenticatorCodes } from '../adapters/otp/authenticator-codes.ts';
import { createLogger } from '../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { actions } from '../commands/actions/index.ts';
import { APPROVE_FORM } from '../commands/approval-forms.ts';
import { commands } from '../commands/index.ts';
import { tendApprovals } from '../src/application/approvals/tend-approvals.ts';
import { createUseCases } from '../src/application/create-use-cases.ts';
import type { Parts } from '../src/application/parts.ts';
import { runDeployment } from '../src/application/run-deployment.ts';
import { formatAction } from '../src/chat/action-id.ts';
import type { Reply } from '../src/chat/command.ts';
import { createChatCore } from '../src/chat-core/create-chat-core.ts';
import { createDeploymentProjection } from '../src/chat-core/project-deployment.ts';
import { startProjector } from '../src/chat-core/start-projector.ts';
import type { Person } from '../src/domain/deployment.ts';
import { factorBinding } from '../src/ports/sealed-bindings.ts';
import { ApprovalLab } from '../test/support/approvals/approval-lab.ts';
import { personOf, policyOf } from '../test/support/approvals/cast.ts';
import { SEALER } from '../test/support/second-factor/person-with-factors.ts';
import { CannotMeasure, runBench, say } from './support/run-bench.ts';
import { percentile, ratio, rounded } from './support/statistics.ts';

/**
 * From the click with a code (chat core, use case, second factor, the queue, a worker's last look) to the running deployment, beside the same
 * deployment asked for in an environment that asks nobody. Then as many approvals as given (5,000) wait, and what keeps them and their cards
 * true goes on for half a minute: how much does the process grow? Database and queue are real; no engine is asked for anything.
 */
const PENDING = 5000;
const APPS = 50;
const HELD_MS = 30_000;
const WARM_UP = 10;
const STARTS_WITHIN_MS = 30_000;
/** Thrown where a deployment has started: what follows is the engine's time. */
class Stopped extends Error {}
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

await runBench('approval', 100, async (run) => {
  const pending = Number(run.arguments[0] ?? PENDING);
  if (!Number.isSafeInteger(pending) || pending < 1) throw new CannotMeasure('how many approvals are to wait? A whole number from 1 on');
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger });
  run.undo('Postgres', () => postgres.stop());
  const database = new PostgresDatabase({
    connectionString: postgres.url,
    logger,
    sealer: SEALER,
  });
  run.undo('the database', () => database.close());
  await database.migrate();
  const queue = createDeploymentQueue({ redisUrl: null, connectionString: postgres.url, logger });
  run.undo('the queue', () => queue.close(5000));

  const policy = policyOf([{ count: 1, from: ['owner'] }], { secondFactor: true });
  const stand = { lab: await ApprovalLab.open([database], { policy }), queue };
  const plain = { lab: await ApprovalLab.open([database], { policy, environment: { protected: false, approvals: null } }), queue };
  const sides = [stand, plain].map(sideOf);
  const [asking, free] = sides;
  if (asking === undefined || free === undefined) throw new Error('there are two sides');
  await queue.consume(4, async (id) => {
    const deployment = await database.stores.deployments.find(id);
    const side = sides.find(({ app }) => app === deployment?.app);
    if (side !== undefined) await side.run(id, run.stop);
  });

  const clicks: number[] = [];
  const requests: number[] = [];
  for (let round = 0; round < WARM_UP + run.rounds; round += 1) {
    clicks.push(await asking.clicked(round));
    requests.push(await free.requested(round));
    if (round % 20 === 0) say(`round ${round}: ${Math.round(clicks.at(-1) ?? 0)} ms beside ${Math.round(requests.at(-1) ?? 0)} ms`);
  }
  const [measured, baseline] = [clicks.slice(WARM_UP), requests.slice(WARM_UP)];
  say(`${measured.length} clicks, each with a code of its own, and as many requests that nobody was asked about`);

  const held = await hold(database, asking.parts, pending);
  const figures = { clickP50Ms: percentile(measured, 0.5), clickP95Ms: percentile(measured, 0.95), ...held };
  const base = { requestP50Ms: percentile(baseline, 0.5), requestP95Ms: percentile(baseline, 0.95), heapBeforeMb: held.heapBeforeMb };
  return {
    figures,
    baseline: base,
    ratios: {
      p50: ratio(figures.clickP50Ms, base.requestP50Ms),
      p95: ratio(figures.clickP95Ms, base.requestP95Ms),
      heap: ratio(held.heapAfterMb, held.heapBeforeMb),
    },
  };
});

type Stand = { readonly lab: ApprovalLab; readonly queue: Parts['queue'] };

/** One app, through the real chat core. */
function sideOf({ lab, queue }: Stand) {
  const known = lab.parts();
  const unlimited = { commandsPerMinute: 1_000_000, channelCommandsPerMinute: 1_000_000, deploymentsPerHour: 1_000_000 };
  const parts: Parts = {
    ...known,
    clock: systemClock,
    oneTimeCodes: authenticatorCodes,
    rateLimits: { take: async () => ({ allowed: true }) },
    workspace: () => ({ ...known.workspace(), limits: unlimited }),
    queue,
    holder: randomUUID(),
    failpoints: { hit: async (name) => (name === 'started' ? Promise.reject(new Stopped()) : undefined) },
  };
  const { database, logger, metrics, clock, workspace } = parts;
  const useCases = createUseCases(parts);
  const projection = createDeploymentProjection({ database, readDeployment: useCases.readDeployment, workspace, clock });
  const core = createChatCore({
    commands,
    actions,
    useCases,
    database,
    projection,
    rateLimits: parts.rateLimits,
    workspace,
    clock,
    logger,
    metrics,
  });
  const delivery = (person: Person) => ({ platform: 'web', channel: 'ops', deliveryId: randomUUID(), person });
  const dana = personOf('dana', lab.suffix);

  async function ask(round: number): Promise<string> {
    return idOf(await core.command({ ...delivery(dana), text: `/deploy ${lab.app} production 1.0.${round}` }));
  }
  /** Polled from the database, as everybody else sees it. */
  async function running(id: string): Promise<void> {
    for (const endsAt = Date.now() + STARTS_WITHIN_MS; ; await sleep(1)) {
      const deployment = await database.stores.deployments.find(id);
      if (deployment !== null && deployment.startedAt !== null) return;
      if (Date.now() > endsAt)
        throw new CannotMeasure(`a deployment did not start: ${deployment?.state} ${deployment?.failure?.message ?? ''}`);
    }
  }
  async function over(id: string): Promise<void> {
    for (const endsAt = Date.now() + STARTS_WITHIN_MS; ; await sleep(5)) {
      const deployment = await database.stores.deployments.find(id);
      if (deployment?.finishedAt !== null) return;
      if (Date.now() > endsAt) throw new CannotMeasure(`a deployment did not end: ${deployment.state}`);
    }
  }
  return {
    app: lab.app,
    parts,
    /** A worker, up to where it would ask the engine; what it started succeeds at once. */
    async run(id: string, stop: AbortSignal): Promise<void> {
      await runDeployment(parts, id, stop).catch((error: unknown) => {
        if (!(error instanceof Stopped)) throw error;
      });
      await database.transact(async ({ deployments, releases }) => {
        const deployment = await deployments.find(id);
        if (deployment === null || !(await deployments.transition(id, 'running', 'succeeded', { finishedAt: Date.now() }, null))) return;
        await releases.openRevision(deployment.stack, deployment.releaseId, deployment.version, id, Date.now());
      });
    },
    /** A code is good once in half a minute, so each click is another approver's. */
    async clicked(round: number): Promise<number> {
      const id = await ask(round);
      const request = await database.stores.approvals.findByDeployment(id);
      const owner = { id: `owner-${round}`, name: 'Owner' };
      lab.people[owner.id] = { ...owner, identities: {} };
      lab.roles.owner.push(owner.id);
      const secret = authenticatorCodes.newSecret();
      const factor = { id: randomUUID(), personId: owner.id };
      const sealed = SEALER.seal(Buffer.from(secret), factorBinding(factor));
      await database.stores.factors.insert({ kind: 'totp', ...factor, name: 'App', sealed, lastStep: 0, createdAt: 0, lastUsedAt: null });
      const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });
      const startedAt = performance.now();
      const click = { ...delivery(owner), action: formatAction(APPROVE_FORM, request?.id ?? 'none'), values: { code } };
      const [reply] = await Promise.all([core.action(click), running(id)]);
      const took = performance.now() - startedAt;
      idOf(reply);
      await over(id);
      return took;
    },
    async requested(round: number): Promise<number> {
      const startedAt = performance.now();
      const id = await ask(round);
      await running(id);
      const took = performance.now() - startedAt;
      await over(id);
      return took;
    },
  };
}

function idOf(reply: Reply | null): string {
  if (reply?.kind !== 'card') throw new CannotMeasure(`the answer was no card: ${JSON.stringify(reply)}`);
  return reply.deploymentId;
}

type Held = {
  readonly pending: number;
  readonly heapBeforeMb: number;
  readonly heapAfterMb: number;
  readonly rssBeforeMb: number;
  readonly rssAfterMb: number;
};

/** Both loops go on before the first look and until the last, so that what differs is the time they had. */
async function hold(database: PostgresDatabase, parts: Parts, pending: number): Promise<Held> {
  await fill(database, parts, pending);
  const useCases = createUseCases(parts);
  const { clock, logger, metrics, workspace } = parts;
  const projection = createDeploymentProjection({ database, readDeployment: useCases.readDeployment, workspace, clock });
  const projector = await startProjector({ database, projection, clock, logger, metrics });
  const stop = new AbortController();
  const tending = tendApprovals(parts, stop.signal);
  // What is made once (compiled code, connections, what was written before) is made by then.
  await sleep(HELD_MS / 2);
  const before = memory();
  await sleep(HELD_MS);
  const after = memory();
  stop.abort();
  await Promise.all([tending, projector.stop()]);
  const open = await database.stores.approvals.openOf([parts.workspace().apps, {}].flatMap(Object.keys), pending + 1);
  say(`${open.length} still wait after ${(1.5 * HELD_MS) / 1000} s`);
  if (open.length !== pending) throw new CannotMeasure(`${pending} approvals waited and ${open.length} are left`);
  return { pending, heapBeforeMb: before.heap, heapAfterMb: after.heap, rssBeforeMb: before.rss, rssAfterMb: after.rss };
}

/** One real request, and copies of it in as many stacks as a busy company has. */
async function fill(database: PostgresDatabase, parts: Parts, pending: number): Promise<void> {
  const [app = ''] = Object.keys(parts.workspace().apps);
  const useCases = createUseCases(parts);
  const suffix = app.slice('shop-'.length);
  const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
  const asked = await useCases.requestDeployment({
    person: personOf('dana', suffix),
    app,
    environment: 'production',
    version: '2.0.0',
    reason: null,
    origin,
  });
  if ('refused' in asked) throw new CannotMeasure(asked.message);
  const request = await database.stores.approvals.findByDeployment(asked.deployment.id);
  if (request === null) throw new CannotMeasure('nobody was asked');
  const requestedAt = Date.now();
  const startedAt = performance.now();
  for (let index = 1; index < pending; index += 1) {
    const id = randomUUID().replaceAll('-', '');
    const stack = `${asked.deployment.stack}-${index % APPS}`;
    const deployment = { ...asked.deployment, id, stack, requestedAt };
    await database.transact(async (stores) => {
      await stores.deployments.insert(deployment, null);
      await stores.approvals.insert({ ...request, id: `r${id}`, deploymentId: id, stack, baseRevision: null, requestedAt });
    });
  }
  say(`${pending} approvals wait, stored in ${Math.round(performance.now() - startedAt)} ms`);
}

function memory(): { readonly heap: number; readonly rss: number } {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: rounded(heapUsed / 1e6), rss: rounded(rss / 1e6) };
}
