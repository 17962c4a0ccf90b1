import type { Failure, ServicePhase, ServiceProgress } from './deployment.ts';
import { askHealthGate, type GateAnswer } from './health-gate.ts';
import type { ObservedService, ObservedStack } from './observed.ts';
import type { Plan, ServicePlan } from './plan.ts';
import { diffService } from './service-diff.ts';
import { isJob } from './service-spec.ts';
import type { StackSpec } from './stack-spec.ts';

/**
 * The rolling strategy as one pure decision: what is known goes in, what to do next comes out. It holds no state of its
 * own, so a worker that takes over a rollout asks the same question and goes on where the other one stopped.
 */
export type RolloutQuestion = {
  readonly deploymentId: string;
  readonly plan: Plan;
  readonly spec: StackSpec;
  readonly direction: 'forward' | 'back';
  readonly progress: readonly ServiceProgress[];
  readonly observed: ObservedStack;
  /** Services whose previous specification was recorded; null means there was none. */
  readonly previous: ReadonlyMap<string, { readonly existed: boolean }>;
  readonly cancelRequested: boolean;
  readonly now: number;
  /** When the deployment started: no task made before is its doing. */
  readonly startedAt: number;
  /** Failures older than this (engine's clock) are the engine's own restart, not the release's. */
  readonly forgiveBefore: number;
};

export type RolloutAnswer = {
  readonly progress: readonly ServiceProgress[];
  readonly actions: readonly RolloutAction[];
  readonly verdict:
    | { readonly kind: 'continue' }
    /** Every service is stable on the plan. */
    | { readonly kind: 'rolled_out' }
    /** Turn round: the release is bad (`failure`), or somebody cancelled (null). Nothing else is to be done before that is recorded. */
    | { readonly kind: 'turn_back'; readonly failure: Failure | null }
    /** Every touched service runs its recorded previous specification again. */
    | { readonly kind: 'taken_back' }
    | { readonly kind: 'restore_failed'; readonly failure: Failure };
  /** When to ask again though nothing happens: a monitor window or a deadline ends. */
  readonly wakeAt: number | null;
};

export type RolloutAction = { readonly type: 'apply'; readonly service: string } | { readonly type: 'restore'; readonly service: string };

export function initialProgress(plan: Plan): readonly ServiceProgress[] {
  return plan.services
    .filter((service) => isRolledOut(service))
    .map((service) => ({
      service: service.service,
      wave: service.wave,
      phase: 'pending',
      desired: service.desired,
      running: 0,
      appliedAt: null,
      deadlineAt: null,
      healthySince: null,
      message: null,
    }));
}

/** What a worker records after the engine accepted an action. `appliedAt` is by the engine's clock, the deadline by ours. */
export function afterAction(
  progress: ServiceProgress,
  action: RolloutAction,
  plan: ServicePlan,
  appliedAt: number,
  now: number,
): ServiceProgress {
  const phase: ServicePhase = action.type === 'apply' ? 'applied' : 'restoring';
  return { ...progress, phase, appliedAt, deadlineAt: now + plan.progressDeadlineMs, healthySince: null, message: null };
}

export function decideRollout(question: RolloutQuestion): RolloutAnswer {
  return question.direction === 'forward' ? forward(question) : back(question);
}

/** Removals are clean-up, and an unchanged job has nothing to show. */
function isRolledOut(service: ServicePlan): boolean {
  return service.action !== 'remove' && !(service.isJob && service.action === 'unchanged');
}

function forward(question: RolloutQuestion): RolloutAnswer {
  if (question.cancelRequested) return turnBack(question.progress, null);
  const plans = new Map(question.plan.services.map((service) => [service.service, service]));
  const assessed = question.progress.map((progress) => {
    const plan = plans.get(progress.service);
    return plan === undefined ? { progress, failure: null } : assessForward(question, plan, progress);
  });
  const progress = assessed.map((item) => item.progress);
  const failed = assessed.find((item) => item.failure !== null);
  if (failed?.failure) return turnBack(progress, failed.failure);
  if (progress.every((item) => item.phase === 'stable')) return { progress, actions: [], verdict: { kind: 'rolled_out' }, wakeAt: null };

  // A wave starts when all before it are healthy; their monitor windows go on beside it, so waves do not add them up.
  // Whoever waits for named others only, and has them, need not wait for the rest of the wave.
  const open = progress.filter((item) => item.phase !== 'healthy' && item.phase !== 'stable');
  const wave = Math.min(...open.map((item) => item.wave));
  const actions = open
    .filter((item) => item.phase === 'pending' && (item.wave === wave || hasDependencies(question, progress, item.service)))
    .map((item) => ({ type: 'apply' as const, service: item.service }));
  return { progress, actions, verdict: { kind: 'continue' }, wakeAt: nextWake(progress, plans) };
}

/**
 * Is everything that the service depends on as its condition wants it? `service_started` asks for no version and no order:
 * a task that runs is enough, the one that is about to be replaced too, once the replacement is on its way.
 */
function hasDependencies(question: RolloutQuestion, progress: readonly ServiceProgress[], service: string): boolean {
  const { dependencies } = question.spec;
  const needed = Object.hasOwn(dependencies, service) ? (dependencies[service] ?? []) : [];
  // A plan may order what the definition does not: then the wave decides.
  if (needed.length === 0) return false;
  return needed.every(({ service: other, condition, required }) => {
    const item = progress.find((candidate) => candidate.service === other);
    // A job that is not run again has no progress, and is done; what is not in the stack at all has to be optional.
    if (item === undefined) return !required || Object.hasOwn(question.spec.services, other);
    if (item.phase === 'healthy' || item.phase === 'stable') return true;
    const runs = (): boolean => question.observed.tasks.some((task) => task.service === other && task.state === 'running');
    return condition === 'service_started' && item.phase === 'applied' && runs();
  });
}

type Assessed = { readonly progress: ServiceProgress; readonly failure: Failure | null };

/** A failure that was recorded by a worker which died before it turned round stays one, even when the tasks look well by now. */
function assessForward(question: RolloutQuestion, plan: ServicePlan, before: ServiceProgress): Assessed {
  const assessed = lookForward(question, plan, before);
  if (before.phase !== 'failed' || assessed.failure !== null) return assessed;
  return fail(before, { code: 'task_failed', service: plan.service, message: before.message ?? `${plan.service} failed.` });
}

function lookForward(question: RolloutQuestion, plan: ServicePlan, before: ServiceProgress): Assessed {
  const observed = observedOf(question, plan.service);
  const progress = before.phase === 'pending' ? adopt(question, plan, before, observed) : before;
  if (progress.phase === 'pending') return { progress, failure: null };
  const { now } = question;

  if (plan.action !== 'unchanged' && !isStillOurs(question, plan, observed)) {
    const message = `${plan.service} was changed on the engine by someone else while this deployment was running.`;
    return fail(progress, { code: 'superseded_on_engine', service: plan.service, message });
  }
  const answer = ask(question, plan, progress, observed);
  const counted: ServiceProgress = { ...progress, running: answer.running, desired: answer.desired };
  if (answer.state === 'failed') return fail(counted, answer.failure);
  if (answer.state === 'waiting') {
    if (progress.phase === 'applied' && progress.deadlineAt !== null && now >= progress.deadlineAt) {
      const seconds = Math.round(plan.progressDeadlineMs / 1000);
      const why = answer.message === null ? '' : ` Last seen: ${answer.message}.`;
      const message = `${plan.service} was not healthy within ${seconds} s (${answer.running} of ${answer.desired} tasks).${why}`;
      return fail(counted, { code: 'progress_deadline', service: plan.service, message });
    }
    // Healthy once and not any more (its node is drained, say): it gets its time again.
    const isLost = progress.phase === 'healthy' || progress.phase === 'stable';
    const deadlineAt = isLost ? now + plan.progressDeadlineMs : progress.deadlineAt;
    return { progress: { ...counted, phase: 'applied', deadlineAt, healthySince: null, message: answer.message }, failure: null };
  }
  const healthySince = progress.healthySince ?? now;
  const monitorMs = plan.action === 'unchanged' ? 0 : plan.monitorMs;
  const phase: ServicePhase = now - healthySince >= monitorMs ? 'stable' : 'healthy';
  return { progress: { ...counted, phase, healthySince, message: null }, failure: null };
}

/** A service that needs no write, or whose write happened though its record was lost with a worker, is taken as applied. */
function adopt(question: RolloutQuestion, plan: ServicePlan, progress: ServiceProgress, observed: ObservedService | null): ServiceProgress {
  const applied =
    plan.action === 'unchanged' || (observed?.owner?.deploymentId === question.deploymentId && isStillOurs(question, plan, observed));
  if (!applied) return progress;
  return {
    ...progress,
    phase: 'applied',
    // A takeover's claim counts as a write, too; failures between the real write and the claim must not be lost.
    appliedAt: Math.min(observed?.updatedAt ?? question.now, question.startedAt),
    deadlineAt: question.now + plan.progressDeadlineMs,
  };
}

function isStillOurs(question: RolloutQuestion, plan: ServicePlan, observed: ObservedService | null): boolean {
  const wanted = question.spec.services[plan.service];
  return observed !== null && wanted !== undefined && diffService(observed.spec, wanted, observed.unmodelled).length === 0;
}

function ask(question: RolloutQuestion, plan: ServicePlan, progress: ServiceProgress, observed: ObservedService | null): GateAnswer {
  const wanted = question.spec.services[plan.service];
  const mode = wanted?.mode ?? { kind: 'replicated' as const, replicas: plan.desired };
  const since = plan.action === 'unchanged' ? null : Math.max(progress.appliedAt ?? 0, question.forgiveBefore);
  const retries = isJob(mode) ? (wanted?.restart?.maxAttempts ?? 0) : 0;
  return askHealthGate({
    service: plan.service,
    mode,
    pinnedImage: plan.pinnedImage,
    observed,
    tasks: question.observed.tasks,
    failuresSince: since,
    maxTaskFailures: Math.max(plan.maxTaskFailures, retries),
  });
}

/** All at once: everything exists already, and in an incident order costs more than it brings. */
function back(question: RolloutQuestion): RolloutAnswer {
  const plans = new Map(question.plan.services.map((service) => [service.service, service]));
  const progress = question.progress.map((item) => assessBack(question, item));
  const actions = progress
    .filter((item) => item.phase !== 'restoring' && item.phase !== 'restored')
    .map((item) => ({ type: 'restore' as const, service: item.service }));
  if (progress.every((item) => item.phase === 'restored')) return { progress, actions: [], verdict: { kind: 'taken_back' }, wakeAt: null };

  const late = progress.find((item) => item.phase === 'restoring' && item.deadlineAt !== null && question.now >= item.deadlineAt);
  // What is still to be restored comes first: giving up before would leave it on the new release.
  if (late !== undefined && actions.length === 0) {
    const message = `${late.service} was put back to its previous specification but is not healthy again (${late.running} of ${late.desired} tasks).`;
    return {
      progress,
      actions: [],
      verdict: { kind: 'restore_failed', failure: { code: 'restore_failed', service: late.service, message } },
      wakeAt: null,
    };
  }
  return { progress, actions, verdict: { kind: 'continue' }, wakeAt: nextWake(progress, plans) };
}

function assessBack(question: RolloutQuestion, progress: ServiceProgress): ServiceProgress {
  const previous = question.previous.get(progress.service);
  const observed = observedOf(question, progress.service);
  const plan = question.plan.services.find((item) => item.service === progress.service);
  // Whoever takes over claims services by their labels alone. Restoring one that was only claimed changes nothing, but a
  // job is taken back by removing it: only the one that this deployment wrote.
  const isOurs = observed?.owner?.deploymentId === question.deploymentId;
  const isTouched = isOurs && (plan?.isJob !== true || isStillOurs(question, plan, observed));
  // Never written by this deployment: nothing to take back.
  if (previous === undefined || (progress.phase === 'pending' && !isTouched)) return { ...progress, phase: 'restored', message: null };
  if (progress.phase !== 'restoring') return progress;
  // A job is not a running part: what it did stays done, and it goes away. So does a service that did not exist before.
  if (!previous.existed || plan?.isJob === true) {
    return observed === null ? { ...progress, phase: 'restored', running: 0, message: null } : progress;
  }
  const answer = askHealthGate({
    service: progress.service,
    mode: observed?.spec.mode ?? { kind: 'replicated', replicas: progress.desired },
    pinnedImage: null,
    observed,
    tasks: question.observed.tasks,
    failuresSince: null,
    maxTaskFailures: 0,
  });
  const counted = { ...progress, running: answer.running, desired: answer.desired };
  return answer.state === 'healthy' ? { ...counted, phase: 'restored', message: null } : counted;
}

function observedOf(question: RolloutQuestion, service: string): ObservedService | null {
  return question.observed.services.find((item) => item.service === service) ?? null;
}

function turnBack(progress: readonly ServiceProgress[], failure: Failure | null): RolloutAnswer {
  return { progress, actions: [], verdict: { kind: 'turn_back', failure }, wakeAt: null };
}

function fail(progress: ServiceProgress, failure: Failure): Assessed {
  return { progress: { ...progress, phase: 'failed', healthySince: null, message: failure.message }, failure };
}

function nextWake(progress: readonly ServiceProgress[], plans: ReadonlyMap<string, ServicePlan>): number | null {
  const times = progress.flatMap((item) => {
    if (item.phase === 'healthy' && item.healthySince !== null) return [item.healthySince + (plans.get(item.service)?.monitorMs ?? 0)];
    return (item.phase === 'applied' || item.phase === 'restoring') && item.deadlineAt !== null ? [item.deadlineAt] : [];
  });
  return times.length === 0 ? null : Math.min(...times);
}
