import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/domain/make-plan.ts';
import type { ObservedService, ObservedTask } from '../../../src/domain/observed.ts';
import type { Plan, ServicePlan } from '../../../src/domain/plan.ts';
import { afterAction, decideRollout, initialProgress, type RolloutQuestion } from '../../../src/domain/rollout.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import {
  aJob,
  anObservedService,
  anObservedStack,
  aProgress,
  aService,
  aServicePlan,
  aStack,
  aTask,
  needs,
  pinned,
} from '../../support/builders.ts';

const NOW = 100_000;
const OURS = { deploymentId: 'd1', fence: 1 };

function aPlan(services: readonly ServicePlan[]): Plan {
  const empty = makePlan({ kind: 'deploy', version: '2', spec: aStack([]), specHash: '', observed: anObservedStack(), notes: [] });
  return { ...empty, services };
}

/** A question about `web` (and `api`), with everything as planned unless the test says otherwise. */
function ask(given: {
  readonly plans: readonly ServicePlan[];
  readonly specs: readonly ServiceSpec[];
  readonly services?: readonly ObservedService[];
  readonly tasks?: readonly ObservedTask[];
  readonly previous?: Readonly<Record<string, { readonly existed: boolean }>>;
  readonly members?: Partial<RolloutQuestion>;
}) {
  const plan = aPlan(given.plans);
  return decideRollout({
    deploymentId: 'd1',
    plan,
    spec: aStack(given.specs),
    direction: 'forward',
    progress: initialProgress(plan),
    observed: anObservedStack({ services: given.services ?? [], tasks: given.tasks ?? [] }),
    previous: new Map(Object.entries(given.previous ?? {})),
    cancelRequested: false,
    now: NOW,
    startedAt: NOW - 1000,
    forgiveBefore: 0,
    ...given.members,
  });
}

const web = aService('web');
const oldWeb = aService('web', {}, '0.9.0');
const migrate = aJob('migrate');
const oldMigrate = aJob('migrate', {}, '0.9.0');
const jobPlan = aServicePlan('migrate', { action: 'run', isJob: true });

describe('initialProgress', () => {
  it('tracks what is created, updated, run or unchanged, but no removal and no unchanged job', () => {
    const plan = aPlan([
      aServicePlan('created', { action: 'create', desired: 3 }),
      aServicePlan('unchanged', { action: 'unchanged' }),
      aServicePlan('idle-job', { action: 'unchanged', isJob: true }),
      aServicePlan('job', { action: 'run', isJob: true, wave: 1 }),
      aServicePlan('gone', { action: 'remove' }),
    ]);
    expect(initialProgress(plan).map(({ service, wave, phase, desired }) => [service, wave, phase, desired])).toEqual([
      ['created', 0, 'pending', 3],
      ['unchanged', 0, 'pending', 1],
      ['job', 1, 'pending', 1],
    ]);
  });
});

describe('afterAction', () => {
  it('keeps the time of the write by the engine’s clock and sets the deadline by ours', () => {
    const plan = aServicePlan('web', { progressDeadlineMs: 7000 });
    expect(afterAction(aProgress('web', { message: 'old' }), { type: 'apply', service: 'web' }, plan, 42, NOW)).toMatchObject({
      phase: 'applied',
      appliedAt: 42,
      deadlineAt: NOW + 7000,
      healthySince: null,
      message: null,
    });
    expect(afterAction(aProgress('web'), { type: 'restore', service: 'web' }, plan, 42, NOW).phase).toBe('restoring');
  });
});

describe('a rollout going forward', () => {
  it('applies the whole first wave at once and nothing of the second', () => {
    const plans = [aServicePlan('db'), aServicePlan('cache'), aServicePlan('web', { wave: 1 })];
    const answer = ask({ plans, specs: [aService('db'), aService('cache'), web] });
    expect(answer.actions).toEqual([
      { type: 'apply', service: 'db' },
      { type: 'apply', service: 'cache' },
    ]);
  });

  it('starts the next wave when the one before is healthy, without waiting for its monitor window', () => {
    const plans = [aServicePlan('db', { monitorMs: 5000 }), aServicePlan('web', { wave: 1 })];
    const progress = [aProgress('db', { phase: 'applied', appliedAt: 1, deadlineAt: NOW + 1 }), aProgress('web', { wave: 1 })];
    const services = [anObservedService(aService('db'), { owner: OURS }), anObservedService(oldWeb)];
    const answer = ask({ plans, specs: [aService('db'), web], services, tasks: [aTask('db')], members: { progress } });
    expect(answer.progress[0]).toMatchObject({ phase: 'healthy', healthySince: NOW });
    expect(answer.actions).toEqual([{ type: 'apply', service: 'web' }]);
  });

  it('holds the next wave while a task of the one before is not running', () => {
    const plans = [aServicePlan('db'), aServicePlan('web', { wave: 1 })];
    const progress = [aProgress('db', { phase: 'applied', appliedAt: 1, deadlineAt: NOW + 50 }), aProgress('web', { wave: 1 })];
    const services = [anObservedService(aService('db'), { owner: OURS })];
    const tasks = [aTask('db', { state: 'starting' })];
    const answer = ask({ plans, specs: [aService('db'), web], services, tasks, members: { progress } });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'continue' }, wakeAt: NOW + 50 });
  });

  const applied = aProgress('web', { phase: 'applied', appliedAt: 500, deadlineAt: NOW + 50 });
  const onEngine = [anObservedService(web, { owner: OURS })];

  it('is stable once healthy for the monitor window, and asks to be woken for its end', () => {
    const plans = [aServicePlan('web', { monitorMs: 2000 })];
    const young = ask({
      plans,
      specs: [web],
      services: onEngine,
      tasks: [aTask('web')],
      members: { progress: [{ ...applied, healthySince: NOW - 1999 }] },
    });
    expect(young).toMatchObject({ progress: [{ phase: 'healthy' }], verdict: { kind: 'continue' }, wakeAt: NOW + 1 });
    const old = ask({
      plans,
      specs: [web],
      services: onEngine,
      tasks: [aTask('web')],
      members: { progress: [{ ...applied, healthySince: NOW - 2000 }] },
    });
    expect(old).toMatchObject({ progress: [{ phase: 'stable' }], verdict: { kind: 'rolled_out' }, wakeAt: null });
  });

  it('starts the monitor window anew when a healthy service loses a task', () => {
    const progress = [{ ...applied, phase: 'healthy' as const, healthySince: NOW - 10 }];
    const tasks = [aTask('web', { state: 'starting' })];
    const answer = ask({ plans: [aServicePlan('web')], specs: [web], services: onEngine, tasks, members: { progress } });
    expect(answer.progress[0]).toMatchObject({ phase: 'applied', healthySince: null, message: 'waiting for its health check' });
  });

  it('fails at the deadline and says how far it came and what was last seen', () => {
    const progress = [{ ...applied, deadlineAt: NOW }];
    const tasks = [aTask('web', { state: 'pending', error: 'no suitable node' })];
    const answer = ask({ plans: [aServicePlan('web')], specs: [web], services: onEngine, tasks, members: { progress } });
    expect(answer.verdict).toEqual({
      kind: 'turn_back',
      failure: {
        code: 'progress_deadline',
        service: 'web',
        message: 'web was not healthy within 10 s (0 of 1 tasks). Last seen: no suitable node.',
      },
    });
    expect(answer.actions).toEqual([]);
  });

  it('turns back when someone else changed a service, or took it away, meanwhile', () => {
    for (const services of [[anObservedService({ ...web, environment: { LEVEL: 'debug' } }, { owner: OURS })], []]) {
      const answer = ask({ plans: [aServicePlan('web')], specs: [web], services, tasks: [aTask('web')], members: { progress: [applied] } });
      expect(answer.verdict).toMatchObject({ kind: 'turn_back', failure: { code: 'superseded_on_engine', service: 'web' } });
    }
  });

  it('turns back for a crash of a service that was stable already, while another still starts', () => {
    const plans = [aServicePlan('web'), aServicePlan('api')];
    const progress = [{ ...applied, phase: 'stable' as const, healthySince: 1 }, aProgress('api', { phase: 'applied', appliedAt: 500 })];
    const services = [...onEngine, anObservedService(aService('api'), { owner: OURS })];
    const tasks = [aTask('web', { state: 'failed', desiredState: 'shutdown', exitCode: 1 }), aTask('api', { state: 'starting' })];
    const answer = ask({ plans, specs: [web, aService('api')], services, tasks, members: { progress } });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'turn_back', failure: { code: 'task_failed', service: 'web' } } });
  });

  it('forgives failures that are older than the engine’s own restart', () => {
    const tasks = [
      aTask('web', { id: 'lost', state: 'failed', desiredState: 'shutdown', createdAt: 900 }),
      aTask('web', { createdAt: 2000 }),
    ];
    const given = { plans: [aServicePlan('web')], specs: [web], services: onEngine, tasks };
    expect(ask({ ...given, members: { progress: [applied], forgiveBefore: 1000 } }).verdict.kind).toBe('rolled_out');
    expect(ask({ ...given, members: { progress: [applied] } }).verdict.kind).toBe('turn_back');
  });

  it('takes an unchanged service as it is: no write, no monitor window, old failures not judged', () => {
    const tasks = [aTask('web', { id: 'old', state: 'failed', desiredState: 'shutdown' }), aTask('web')];
    const plans = [aServicePlan('web', { action: 'unchanged', monitorMs: 5000 })];
    const answer = ask({ plans, specs: [web], services: [anObservedService(web)], tasks });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'rolled_out' } });
  });

  it('turns back without a failure when somebody cancelled, also when all is healthy', () => {
    const answer = ask({
      plans: [aServicePlan('web')],
      specs: [web],
      services: onEngine,
      tasks: [aTask('web')],
      members: { progress: [applied], cancelRequested: true },
    });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'turn_back', failure: null } });
  });

  it('turns back at once when it finds a failure that a dead worker recorded, though the tasks look well by now', () => {
    const progress = [{ ...applied, phase: 'failed' as const, message: 'A task of web stopped (exit code 1).' }];
    const answer = ask({ plans: [aServicePlan('web')], specs: [web], services: onEngine, tasks: [aTask('web')], members: { progress } });
    expect(answer.verdict).toEqual({
      kind: 'turn_back',
      failure: { code: 'task_failed', service: 'web', message: 'A task of web stopped (exit code 1).' },
    });
  });
});

describe('a rollout taken over after its record was lost', () => {
  it('adopts a service that this deployment wrote, instead of writing it again', () => {
    const services = [anObservedService(web, { owner: { deploymentId: 'd1', fence: 7 }, updatedAt: 900 })];
    const answer = ask({ plans: [aServicePlan('web')], specs: [web], services, tasks: [aTask('web', { state: 'starting' })] });
    expect(answer.actions).toEqual([]);
    expect(answer.progress[0]).toMatchObject({ phase: 'applied', appliedAt: 900, deadlineAt: NOW + 10_000 });
  });

  it('writes a service that was only claimed, or that another deployment wrote', () => {
    const claimed = anObservedService(oldWeb, { owner: OURS });
    const foreign = anObservedService(web, { owner: { deploymentId: 'd0', fence: 1 } });
    for (const service of [claimed, foreign]) {
      expect(ask({ plans: [aServicePlan('web')], specs: [web], services: [service] }).actions).toEqual([{ type: 'apply', service: 'web' }]);
    }
  });

  it('counts what a job finished before the takeover touched its service', () => {
    const services = [anObservedService(migrate, { owner: OURS, updatedAt: 5000 })];
    const tasks = [aTask('migrate', { state: 'complete', desiredState: 'complete', createdAt: 2000 })];
    expect(ask({ plans: [jobPlan], specs: [migrate], services, tasks })).toMatchObject({ actions: [], verdict: { kind: 'rolled_out' } });
  });

  it('counts what a job finished before the engine restarted', () => {
    const services = [anObservedService(migrate, { owner: OURS })];
    const tasks = [aTask('migrate', { state: 'complete', desiredState: 'complete', createdAt: 2000 })];
    const progress = [aProgress('migrate', { phase: 'stable', appliedAt: 1500, deadlineAt: NOW + 1, healthySince: 3000 })];
    const answer = ask({ plans: [jobPlan], specs: [migrate], services, tasks, members: { progress, forgiveBefore: 50_000 } });
    expect(answer.verdict.kind).toBe('rolled_out');
  });
});

describe('a rollout going back', () => {
  const back = { direction: 'back' as const };

  it('restores every written service at once, whatever their waves', () => {
    const plans = [aServicePlan('db'), aServicePlan('web', { wave: 1 })];
    const progress = [aProgress('db', { phase: 'stable' }), aProgress('web', { wave: 1, phase: 'failed' })];
    const previous = { db: { existed: true }, web: { existed: false } };
    const answer = ask({ plans, specs: [aService('db'), web], previous, members: { ...back, progress } });
    expect(answer.actions).toEqual([
      { type: 'restore', service: 'db' },
      { type: 'restore', service: 'web' },
    ]);
  });

  it('leaves alone what was never written, and what had no previous specification recorded', () => {
    const plans = [aServicePlan('web'), aServicePlan('api', { action: 'unchanged' })];
    const progress = [aProgress('web'), aProgress('api', { phase: 'stable' })];
    const services = [anObservedService(oldWeb), anObservedService(aService('api'))];
    const answer = ask({
      plans,
      specs: [web, aService('api')],
      services,
      previous: { web: { existed: true } },
      members: { ...back, progress },
    });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'taken_back' } });
  });

  it('restores a service whose write was never recorded', () => {
    const services = [anObservedService(web, { owner: OURS })];
    const answer = ask({ plans: [aServicePlan('web')], specs: [web], services, previous: { web: { existed: true } }, members: back });
    expect(answer.actions).toEqual([{ type: 'restore', service: 'web' }]);
  });

  it('leaves alone a job that was claimed and never run, because taking a job back is removing it', () => {
    const services = [anObservedService(oldMigrate, { owner: OURS })];
    const answer = ask({ plans: [jobPlan], specs: [migrate], services, previous: { migrate: { existed: true } }, members: back });
    expect(answer).toMatchObject({ actions: [], verdict: { kind: 'taken_back' } });
  });

  const restoring = aProgress('web', { phase: 'restoring', deadlineAt: NOW + 10 });

  it('is taken back when the restored tasks are healthy, whatever their digest, and old failures do not count', () => {
    const services = [anObservedService(oldWeb)];
    const tasks = [
      aTask('web', { image: pinned('web', '0.9.0') }),
      aTask('web', { id: 'crashed', state: 'failed', desiredState: 'shutdown' }),
    ];
    const given = { plans: [aServicePlan('web')], specs: [web], services, previous: { web: { existed: true } } };
    expect(ask({ ...given, tasks, members: { ...back, progress: [restoring] } }).verdict.kind).toBe('taken_back');
    const waiting = ask({ ...given, members: { ...back, progress: [restoring] } });
    expect(waiting).toMatchObject({ verdict: { kind: 'continue' }, actions: [], wakeAt: NOW + 10 });
  });

  it('is taken back when a service that did not exist before is gone', () => {
    const given = { plans: [aServicePlan('web')], specs: [web], previous: { web: { existed: false } } };
    const members = { ...back, progress: [restoring] };
    expect(ask({ ...given, services: [anObservedService(web)], members }).verdict.kind).toBe('continue');
    expect(ask({ ...given, members }).verdict.kind).toBe('taken_back');
  });

  it('is taken back when a job is gone, also when it existed before', () => {
    const members = { ...back, progress: [aProgress('migrate', { phase: 'restoring', deadlineAt: NOW + 10 })] };
    const given = { plans: [jobPlan], specs: [migrate], previous: { migrate: { existed: true } }, members };
    expect(ask({ ...given, services: [anObservedService(migrate)] }).verdict.kind).toBe('continue');
    expect(ask(given).verdict.kind).toBe('taken_back');
  });

  it('says which service did not come back within its deadline', () => {
    const members = { ...back, progress: [{ ...restoring, deadlineAt: NOW }] };
    const answer = ask({
      plans: [aServicePlan('web')],
      specs: [web],
      services: [anObservedService(oldWeb)],
      previous: { web: { existed: true } },
      members,
    });
    expect(answer.verdict).toMatchObject({ kind: 'restore_failed', failure: { code: 'restore_failed', service: 'web' } });
  });

  it('restores what is left before it gives up on a service that is late', () => {
    const plans = [aServicePlan('web'), aServicePlan('api')];
    const progress = [{ ...restoring, deadlineAt: NOW }, aProgress('api', { phase: 'stable' })];
    const previous = { web: { existed: true }, api: { existed: true } };
    const answer = ask({ plans, specs: [web, aService('api')], previous, members: { ...back, progress } });
    expect(answer).toMatchObject({ actions: [{ type: 'restore', service: 'api' }], verdict: { kind: 'continue' } });
  });

  it('does not turn round again when somebody cancels on the way back', () => {
    const answer = ask({
      plans: [aServicePlan('web')],
      specs: [web],
      previous: { web: { existed: true } },
      members: { ...back, progress: [restoring], cancelRequested: true },
    });
    expect(answer.verdict.kind).toBe('continue');
  });
});

describe('makePlan and decideRollout together', () => {
  it('walk a diamond of dependencies wave by wave', () => {
    const names = ['db', 'left', 'right', 'top'];
    const specs = names.map((name) => aService(name));
    const dependencies = { left: [needs('db')], right: [needs('db')], top: [needs('left'), needs('right')] };
    const spec = aStack(specs, { dependencies });
    const plan = makePlan({ kind: 'deploy', version: '1', spec, specHash: '', observed: anObservedStack(), notes: [] });
    const waves: string[][] = [];
    let progress = initialProgress(plan);
    for (let round = 0; round < 3; round++) {
      const written = specs.filter(({ name }) => waves.flat().includes(name));
      const observed = anObservedStack({
        services: written.map((service) => anObservedService(service, { owner: OURS })),
        tasks: written.map(({ name }) => aTask(name, { createdAt: NOW })),
      });
      const previous = new Map(names.map((name) => [name, { existed: false }]));
      const answer = decideRollout({
        ...{ deploymentId: 'd1', plan, spec, direction: 'forward', progress, observed, previous, now: NOW },
        ...{ cancelRequested: false, forgiveBefore: 0, startedAt: NOW - 1000 },
      });
      waves.push(answer.actions.map((action) => action.service));
      progress = answer.progress;
    }
    expect(waves).toEqual([['db'], ['left', 'right'], ['top']]);
  });
});
