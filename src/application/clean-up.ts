import type { Revision } from '../domain/release.ts';
import type { StackSpec } from '../domain/stack-spec.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { DEFAULT_STOP_GRACE_MS } from './replaced-tasks.ts';
import type { Report } from './run-stage.ts';

/** Secrets and configs of this many earlier revisions stay on the engine, so that going back to one is quick. */
const KEEP_REVISIONS = 5;

/** What the new release no longer has goes away. Only after everything else is good, and never what a rollback still needs. */
export async function cleanUp(run: DeploymentRun, report: Report): Promise<void> {
  const { parts, deployment } = run;
  for (const service of deployment.plan.services.filter((plan) => plan.action === 'remove')) {
    await parts.orchestrator.removeService(deployment.stack, service.service, run.guard);
    report.line(`removed ${service.service}`);
  }
  const needed = await neededObjects(run, await parts.database.stores.releases.revisions(deployment.stack, KEEP_REVISIONS));
  await removeObjects(run, needed, report);
  await parts.failpoints.hit('cleaned-up');
}

/** A stopping task holds its network a little longer than its service: until it has stopped, and the engine has put away what it used. */
const RELEASE_MS = 15_000;
const RELEASE_POLL_MS = 300;

/** After a release went back: the objects that only it needed, as soon as its last tasks let go of them. */
export async function cleanUpTakenBack(run: DeploymentRun): Promise<void> {
  const { clock, database } = run.parts;
  const created = new Set(run.deployment.plan.objects.filter((object) => object.action === 'create').map((object) => object.engineName));
  if (created.size === 0) return;
  const revisions = await database.stores.releases.revisions(run.deployment.stack, KEEP_REVISIONS);
  const needed = await neededObjects(run, revisions, false);
  const until = clock.now() + longestGrace(run.release.spec) + RELEASE_MS;
  while (!(await removeObjects(run, needed, { line: () => undefined }, created)) && clock.now() < until) {
    await clock.sleep(RELEASE_POLL_MS, run.signal);
    run.signal.throwIfAborted();
  }
}

/** As the engine gives a task to stop by itself. */
function longestGrace({ services }: StackSpec): number {
  return Math.max(DEFAULT_STOP_GRACE_MS, ...Object.values(services).map(({ stopGracePeriodMs = 0 }) => stopGracePeriodMs));
}

async function neededObjects(run: DeploymentRun, revisions: readonly Revision[], ownToo = true): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const releases = await Promise.all(revisions.map((revision) => run.parts.database.stores.releases.find(revision.releaseId)));
  for (const release of ownToo ? [run.release, ...releases] : releases) {
    if (release === null) continue;
    const { networks, secrets, configs } = release.spec;
    for (const object of [...Object.values(networks), ...Object.values(secrets), ...Object.values(configs)]) needed.add(object.engineName);
  }
  return needed;
}

/** True when nothing of what is not needed is seen any more: a network that the engine has agreed to remove stays until its last task has let go. */
async function removeObjects(
  run: DeploymentRun,
  needed: ReadonlySet<string>,
  report: Report,
  only?: ReadonlySet<string>,
): Promise<boolean> {
  const { parts, deployment } = run;
  const observed = await parts.orchestrator.observe(deployment.stack);
  let isDone = true;
  for (const kind of ['secret', 'config', 'network'] as const) {
    const present = { secret: observed.secrets, config: observed.configs, network: observed.networks }[kind];
    const unused = present.map((object) => object.engineName).filter((name) => !needed.has(name) && (only === undefined || only.has(name)));
    if (unused.length === 0) continue;
    isDone = false;
    const left = await parts.orchestrator.removeObjects(deployment.stack, kind, unused, run.guard);
    const gone = unused.filter((name) => !left.includes(name));
    if (gone.length > 0) report.line(`removed ${kind} ${gone.join(', ')}`);
    if (left.length > 0) report.line(`${kind} ${left.join(', ')} is still in use and stays`);
  }
  return isDone;
}
