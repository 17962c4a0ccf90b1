import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { UseCases } from '../../application/use-cases.ts';
import type { Reply } from '../../chat/command.ts';
import type { Message } from '../../chat/message.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Orchestrator } from '../../ports/orchestrator.ts';
import { deploymentCard } from '../../views/deployment-card.ts';
import { type Tour, TourFailed } from './tour.ts';
import type { TourScreen } from './tour-screen.ts';
import { sendVisitors, totalOf, type VisitorCounts, type Visitors } from './visitors.ts';

const STACK = 'shop-staging';
export const VISITORS = 'shipmate-demo-visitors';
/** On a busy machine an answer may take seconds. Slow is not lost: it is waited for, and the slowest is told. */
const PATIENCE_MS = 30_000;

export type Stage = {
  readonly tour: Tour;
  readonly screen: TourScreen;
  readonly docker: Docker;
  readonly orchestrator: Orchestrator;
  readonly useCases: UseCases;
};

/** The main job, as it happens. Every chapter checks what it shows; the first thing that is not as it should be ends the tour. */
export async function playChapters(stage: Stage): Promise<void> {
  const { screen, tour } = stage;
  screen.chapter('Somebody deploys');
  await tour.type('/plan shop staging 1.0.0');
  await deploy(stage, '1.0.0', 'succeeded');
  await assertRuns(stage, '1.0.0');

  screen.chapter('An update, while people use the app');
  const visitors = await sendVisitors({
    docker: stage.docker,
    name: VISITORS,
    network: `${STACK}_inside`,
    image: 'shop/web:1.0.0',
    visitors: 4,
    pauseMs: 20,
    patienceMs: PATIENCE_MS,
  });
  try {
    await waitForVisits(visitors, 20);
    await deploy(stage, '1.1.0', 'succeeded');
    await assertRuns(stage, '1.1.0');
    await assertServed(stage, visitors, ['1.0.0', '1.1.0']);

    screen.chapter('A broken release');
    screen.note('1.2.0 starts, but its pages never become healthy. Its health gate catches it and the whole release goes back.');
    await deploy(stage, '1.2.0', 'rolled_back');
    await assertRuns(stage, '1.1.0');
    await assertServed(stage, visitors, ['1.0.0', '1.1.0']);

    screen.chapter('Back, on purpose');
    const asked = await tour.type('/rollback shop staging');
    const back = await tour.watch(await tour.click(messageOf(asked), 'Roll back'));
    assertState(stage, back, 'succeeded');
    await assertRuns(stage, '1.0.0');
    screen.note('Every deployment carries a button back; this one undoes the rollback.');
    const again = await tour.watch(await tour.click(await cardOf(stage, back), 'Roll back'));
    assertState(stage, again, 'succeeded');
    await assertRuns(stage, '1.1.0');
    await assertServed(stage, visitors, ['1.0.0', '1.1.0']);
  } finally {
    await visitors.leave();
  }

  screen.chapter('Looking');
  await tour.type('/history shop staging');
  await tour.type('/status shop staging');
  await tour.type('/logs shop staging web --tail 5');
}

async function deploy(stage: Stage, version: string, expected: Deployment['state']): Promise<void> {
  assertState(stage, await stage.tour.watch(await stage.tour.type(`/deploy shop staging ${version}`)), expected);
}

function assertState({ screen }: Stage, deployment: Deployment, expected: Deployment['state']): void {
  if (deployment.state !== expected) {
    throw new TourFailed(
      `${deployment.version} should have ended as ${expected}, but ended as ${deployment.state}: ${deployment.failure?.message ?? ''}`,
    );
  }
  const ms = (deployment.finishedAt ?? 0) - (deployment.startedAt ?? 0);
  screen.passed(`${deployment.kind} ${deployment.version}: ${deployment.state} after ${(ms / 1000).toFixed(1)} s`);
}

/** Asks the engine itself: every running task of every service is of this version, and nothing else runs. */
async function assertRuns({ orchestrator, docker, screen }: Stage, version: string): Promise<void> {
  const { services, tasks } = await orchestrator.observe(STACK);
  const running = tasks.filter((task) => task.state === 'running' && task.desiredState === 'running');
  const names = [...new Set(running.map((task) => task.service))].sort();
  for (const task of running) {
    const planned = await docker.getImage(`shop/${task.service}:${version}`).inspect();
    if (task.image !== planned.Id) throw new TourFailed(`${task.service} runs ${task.image}, not ${version} (${planned.Id})`);
  }
  const expected = services.filter((service) => service.spec.mode.kind === 'replicated').length;
  if (names.length !== expected) throw new TourFailed(`${names.length} of ${expected} services are running: ${names.join(', ')}`);
  screen.passed(`the engine runs ${version} in all ${running.length} tasks of ${names.length} services (${names.join(', ')}), by digest`);
}

async function assertServed({ screen }: Stage, visitors: Visitors, allowed: readonly string[]): Promise<void> {
  const before = totalOf((await visitors.counts()).answers);
  const { answers, failures, slowestMs } = await waitForVisits(visitors, before + 20);
  const strangers = Object.keys(answers).filter((version) => !allowed.includes(version));
  if (strangers.length > 0) throw new TourFailed(`visitors were served by ${strangers.join(', ')}`);
  if (totalOf(failures) > 0) throw new TourFailed(`visitors saw failures: ${JSON.stringify(failures)}`);
  const by = Object.entries(answers).map(([version, count]) => `${count} from ${version}`);
  const slowest = `the slowest took ${(slowestMs / 1000).toFixed(2)} s`;
  screen.passed(`${totalOf(answers)} requests so far were answered (${by.join(', ')}), none failed; ${slowest}`);
}

/** What they saw as soon as so many were answered, and every request that was on its way before has ended, well or badly. */
async function waitForVisits(visitors: Visitors, answers: number): Promise<VisitorCounts> {
  const since = Date.now();
  for (;;) {
    const counts = await visitors.counts();
    if (totalOf(counts.answers) >= answers && counts.endedUntil >= since) return counts;
    if (Date.now() - since > 2 * PATIENCE_MS) throw new TourFailed(`visitors get no answers: ${JSON.stringify(counts)}`);
    await sleep(100);
  }
}

function messageOf(reply: Reply): Message {
  if (reply.kind !== 'message') throw new TourFailed(`expected a message, got ${reply.kind}`);
  return reply.message;
}

async function cardOf({ useCases }: Stage, deployment: Deployment): Promise<Message> {
  const details = await useCases.readDeployment(deployment.id);
  if (details === null) throw new TourFailed('the deployment is gone');
  return deploymentCard(details);
}
