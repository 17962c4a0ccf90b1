import { askHealthGate } from '../domain/health-gate.ts';
import { makePlan } from '../domain/make-plan.ts';
import type { HookSpec } from '../domain/release-settings.ts';
import { diffService } from '../domain/service-diff.ts';
import { isJob } from '../domain/service-spec.ts';
import { policyVersionOf } from './authorize.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { hashPlan } from './identity.ts';
import { scrubbedFor } from './known-secrets.ts';
import { ReleaseFailed } from './release-failed.ts';
import { untilReplacedTasksEnded } from './replaced-tasks.ts';
import type { Report } from './run-stage.ts';
import { checkSmoke } from './smoke-check.ts';
import { stopIfCancelled } from './stop-if-cancelled.ts';

/** Compares with what runs now, proves that the plan is still the one that was asked for, and records what to go back to. */
export async function prepare(run: DeploymentRun, report: Report): Promise<void> {
  const { parts, release, deployment } = run;
  const observed = await parts.orchestrator.observe(deployment.stack);
  const { kind, version } = deployment;
  const plan = makePlan({ kind, version, spec: release.spec, specHash: release.specHash, observed, notes: deployment.plan.notes });
  if (hashPlan(plan, kind, policyVersionOf(parts.workspace(), deployment.environment)) !== deployment.planHash) {
    const message = 'The policy or the release changed after this was asked for, so it is not what would run now. Ask again.';
    throw new ReleaseFailed({ code: 'plan_changed', service: null, message });
  }
  const current = await run.patiently(() => parts.database.stores.releases.currentRevision(deployment.stack));
  await run.update({ plan, previousVersion: current?.version ?? null });
  await parts.failpoints.hit('prepared');

  for (const service of plan.services) {
    if (service.action === 'unchanged') continue;
    const before = observed.services.find((item) => item.service === service.service);
    await run.patiently(() =>
      parts.database.stores.deployments.recordPrevious(deployment.id, service.service, before?.engineSpec ?? null, run.lease.fence),
    );
  }
  const counts = new Map<string, number>();
  for (const service of plan.services) counts.set(service.action, (counts.get(service.action) ?? 0) + 1);
  report.line([...counts].map(([action, count]) => `${count} ${action}`).join(', '));
  await parts.failpoints.hit('previous-recorded');
}

/** Networks, secrets and configs that the new tasks will need. */
export async function stageObjects(run: DeploymentRun, report: Report): Promise<void> {
  const { parts, release, deployment } = run;
  await parts.orchestrator.ensureNetworks(release.spec, run.guard);
  await parts.orchestrator.ensureFileObjects(release.spec, run.content, run.guard);
  const created = deployment.plan.objects.filter((object) => object.action === 'create');
  report.line(created.length === 0 ? 'nothing to create' : created.map((object) => `${object.kind} ${object.engineName}`).join(', '));
  await parts.failpoints.hit('objects-created');
}

/** The engine can take the release, and the release's own checks before the rollout pass. */
export async function validate(run: DeploymentRun, report: Report, signal: AbortSignal): Promise<void> {
  const { parts, release } = run;
  const engine = await parts.orchestrator.capabilities();
  const jobs = Object.values(release.spec.services).filter((service) => isJob(service.mode));
  if (jobs.length > 0 && !engine.jobs) {
    const message = `This engine (${engine.version}) has no jobs; ${jobs.map((job) => job.name).join(', ')} need Docker 20.10 or newer.`;
    throw new ReleaseFailed({ code: 'engine_error', service: null, message });
  }
  report.line(`${engine.engine} ${engine.version}, ${engine.nodes} node${engine.nodes === 1 ? '' : 's'}`);
  await runHooks(run, 'before', report, signal);
  await parts.failpoints.hit('validated');
}

/** After everything is healthy: smoke checks, hooks, the watch window, and one last look at what really runs. */
export async function verify(run: DeploymentRun, report: Report, signal: AbortSignal): Promise<void> {
  const { smokeChecks } = run.release.spec.settings;
  if (smokeChecks.length > 0) await untilReplacedTasksEnded(run, report, signal);
  for (const check of smokeChecks) {
    await stopIfCancelled(run);
    report.line(await checkSmoke(run, check, signal));
  }
  await runHooks(run, 'after', report, signal);
  await watchWindow(run, report, signal);
  await run.parts.failpoints.hit('verified');
}

/** Hooks are not repeated by rolling back: they ran for the release that went forward. */
async function runHooks(run: DeploymentRun, when: HookSpec['when'], report: Report, signal: AbortSignal): Promise<void> {
  if (run.deployment.kind === 'rollback') return;
  for (const hook of run.release.spec.settings.hooks.filter((candidate) => candidate.when === when)) {
    await stopIfCancelled(run);
    const oneOff = { name: `hook-${hook.name}`, service: hook.service, command: hook.command, timeoutMs: hook.timeoutMs };
    const result = await run.parts.orchestrator.runOnce(run.release.spec, oneOff, run.guard, signal);
    report.line(`hook ${hook.name}: ${result.outcome}`);
    if (result.outcome === 'succeeded') continue;
    const how =
      result.outcome === 'timed_out' ? `did not end within ${hook.timeoutMs / 1000} s` : `failed with exit code ${result.exitCode ?? '?'}`;
    const said = result.output.length === 0 ? '' : ` It said: ${result.output.slice(-3).join(' / ')}`;
    const message = await run.patiently(() => scrubbedFor(run.parts, run.release, `The hook ${hook.name} ${how}.${said}`));
    throw new ReleaseFailed({ code: 'hook_failed', service: hook.service, message });
  }
}

async function watchWindow(run: DeploymentRun, report: Report, signal: AbortSignal): Promise<void> {
  const { clock } = run.parts;
  const { verifyMs } = run.release.spec.settings;
  const since = clock.now();
  for (;;) {
    await stopIfCancelled(run);
    await assertTrue(run, since);
    const left = since + verifyMs - clock.now();
    if (left <= 0) break;
    await clock.sleep(Math.min(1000, left), signal);
    signal.throwIfAborted();
  }
  report.line(
    verifyMs > 0
      ? `stable for ${Math.round(verifyMs / 1000)} s; running tasks are the planned digests`
      : 'running tasks are the planned digests',
  );
}

/** "Succeeded" means that what runs is what was planned: specification, digest and health, as the engine shows it now. */
async function assertTrue(run: DeploymentRun, since: number): Promise<void> {
  const { spec } = run.release;
  const observed = await run.parts.orchestrator.observe(run.deployment.stack, { objects: false });
  for (const plan of run.deployment.plan.services) {
    const wanted = spec.services[plan.service];
    if (wanted === undefined || plan.isJob) continue;
    const service = observed.services.find((item) => item.service === plan.service) ?? null;
    const differs = service === null ? ['it is gone'] : diffService(service.spec, wanted, service.unmodelled).map((change) => change.path);
    if (differs.length > 0) {
      const message = `${plan.service} is not as planned any more: ${differs.join(', ')}.`;
      throw new ReleaseFailed({ code: 'superseded_on_engine', service: plan.service, message });
    }
    const answer = askHealthGate({
      service: plan.service,
      mode: wanted.mode,
      pinnedImage: plan.pinnedImage,
      observed: service,
      tasks: observed.tasks,
      failuresSince: since,
      maxTaskFailures: plan.maxTaskFailures,
    });
    if (answer.state === 'failed') throw new ReleaseFailed(answer.failure);
    if (answer.state === 'waiting') {
      const message = `${plan.service} lost tasks while it was watched: ${answer.running} of ${answer.desired} are healthy.`;
      throw new ReleaseFailed({ code: 'unhealthy', service: plan.service, message });
    }
  }
}
