import { describe, expect, it } from 'vitest';
import { askHealthGate, type GateAnswer, type GateQuestion } from '../../../src/domain/health-gate.ts';
import type { ObservedTask } from '../../../src/domain/observed.ts';
import { aJob, anObservedService, aService, aTask, pinned } from '../../support/builders.ts';

const SINCE = 1000;
const NEW = pinned('web', '2');
const OLD = pinned('web', '1');

function ask(tasks: readonly ObservedTask[], members: Partial<GateQuestion> = {}): GateAnswer {
  return askHealthGate({
    service: 'web',
    mode: { kind: 'replicated', replicas: 2 },
    pinnedImage: NEW,
    observed: anObservedService(aService('web')),
    tasks,
    failuresSince: SINCE,
    maxTaskFailures: 0,
    ...members,
  });
}

const task = (members: Partial<ObservedTask> = {}): ObservedTask => aTask('web', { image: NEW, createdAt: SINCE, ...members });
const running = task();
const old = task({ isCurrent: false, image: OLD, createdAt: 10 });
const crashed = task({ state: 'failed', desiredState: 'shutdown', exitCode: 1, error: 'task: non-zero exit (1)' });
const rejected = (error: string): ObservedTask => task({ state: 'rejected', desiredState: 'shutdown', error });

describe('the health gate of a long-running service', () => {
  it.each<[situation: string, readonly ObservedTask[], Partial<GateAnswer>]>([
    ['all desired tasks run', [running, running], { state: 'healthy', running: 2, desired: 2 }],
    ['no task is made yet', [], { state: 'waiting', running: 0, desired: 2, message: null }],
    ['one of two runs', [running, task({ state: 'preparing' })], { state: 'waiting', running: 1, message: 'preparing' }],
    [
      'a task waits for its health check',
      [running, task({ state: 'starting' })],
      { state: 'waiting', message: 'waiting for its health check' },
    ],
    ['nothing can take a task', [task({ state: 'pending', error: 'no suitable node' })], { state: 'waiting', message: 'no suitable node' }],
    [
      'new ones run beside old ones that are still wanted',
      [running, running, old],
      { state: 'waiting', running: 2, message: 'replacing the old tasks' },
    ],
    ['the old ones are on their way out', [running, running, { ...old, desiredState: 'shutdown' }], { state: 'healthy' }],
    ['the old ones ended', [running, running, { ...old, state: 'complete' }, { ...old, state: 'orphaned' }], { state: 'healthy' }],
    ['an old one waits to start', [running, running, { ...old, state: 'pending' }], { state: 'waiting' }],
    ['only old tasks run', [old, old], { state: 'waiting', running: 0 }],
    ['a running task is about to be stopped', [running, task({ desiredState: 'shutdown' })], { state: 'waiting', running: 1 }],
    ['old tasks failed before they were replaced', [running, running, { ...crashed, isCurrent: false }], { state: 'healthy' }],
    ['tasks of another service failed', [running, running, { ...crashed, service: 'api' }], { state: 'healthy' }],
    ['more run than desired', [running, running, running], { state: 'healthy', running: 3, desired: 2 }],
  ])('answers as the tasks are when %s', (_situation, tasks, answer) => {
    expect(ask(tasks)).toMatchObject(answer);
  });

  it.each<[situation: string, readonly ObservedTask[], code: string]>([
    ['start-first, the new task crashed and the old ones serve on', [old, old, crashed], 'task_failed'],
    ['enough run, but one crashed on the way', [running, running, crashed], 'task_failed'],
    ['a process ended with status 0', [running, task({ state: 'complete', desiredState: 'shutdown', exitCode: 0 })], 'task_failed'],
    ['a task runs another digest', [running, task({ image: OLD })], 'digest_mismatch'],
    ['there is no such image', [rejected('No such image: example/web:2')], 'image_unavailable'],
    ['the registry refuses the pull', [rejected('pull access denied for example/web')], 'image_unavailable'],
    ['the registry does not know the digest', [rejected('manifest unknown')], 'image_unavailable'],
    ['a task was rejected for another reason', [rejected('invalid mount config')], 'task_failed'],
    ['the health check kept failing', [{ ...crashed, error: 'task: non-zero exit (137): dockerexec: unhealthy container' }], 'unhealthy'],
  ])('fails when %s', (_situation, tasks, code) => {
    expect(ask(tasks)).toMatchObject({ state: 'failed', failure: { code, service: 'web' } });
  });

  it('does not judge tasks that are older than the write', () => {
    expect(ask([running, running, { ...crashed, createdAt: SINCE - 1 }]).state).toBe('healthy');
    expect(ask([running, running, { ...crashed, createdAt: SINCE }]).state).toBe('failed');
  });

  it('judges no failures at all where none are asked for', () => {
    expect(ask([running, running, crashed], { failuresSince: null }).state).toBe('healthy');
  });

  it('allows as many failures as it was told, and no more', () => {
    const tasks = [running, running, crashed, crashed];
    expect(ask(tasks, { maxTaskFailures: 2 }).state).toBe('healthy');
    expect(ask(tasks, { maxTaskFailures: 1 }).state).toBe('failed');
  });

  it('tells of the last failure, with its exit code or the engine’s words', () => {
    const first = { ...crashed, stateSince: 1, exitCode: 1 };
    const last = { ...crashed, stateSince: 2, exitCode: 137 };
    expect(ask([last, first])).toMatchObject({ failure: { message: 'A task of web stopped (exit code 137).' } });
    expect(ask([{ ...last, exitCode: null }])).toMatchObject({ failure: { message: 'A task of web stopped (task: non-zero exit (1)).' } });
  });

  it('accepts any digest of a restored service', () => {
    expect(ask([task({ image: OLD }), running], { pinnedImage: null }).state).toBe('healthy');
  });

  it('waits for a service that is not on the engine', () => {
    expect(ask([], { observed: null, mode: { kind: 'replicated', replicas: 0 } })).toMatchObject({
      state: 'waiting',
      message: 'not on the engine yet',
    });
  });

  it('is healthy without tasks when none are desired, once the old ones are not wanted any more', () => {
    const none = { mode: { kind: 'replicated', replicas: 0 } } as const;
    expect(ask([], none)).toEqual({ state: 'healthy', running: 0, desired: 0 });
    expect(ask([old], none).state).toBe('waiting');
  });

  it('wants one task of a global service on every node that the engine gave it to', () => {
    const global = { mode: { kind: 'global' } } as const;
    const on = (nodeId: string, members: Partial<ObservedTask> = {}): ObservedTask => task({ nodeId, ...members });
    expect(ask([], global)).toMatchObject({ state: 'waiting', desired: 1 });
    expect(ask([on('a'), on('b', { state: 'starting' })], global)).toMatchObject({ state: 'waiting', running: 1, desired: 2 });
    expect(ask([on('a'), on('b')], global)).toMatchObject({ state: 'healthy', desired: 2 });
    const drained = on('c', { desiredState: 'shutdown', state: 'shutdown' });
    expect(ask([on('a'), on('b'), drained], global)).toMatchObject({ state: 'healthy', desired: 2 });
  });
});

describe('the health gate of a job', () => {
  const job = { mode: { kind: 'replicated-job', replicas: 1 }, observed: anObservedService(aJob('web')) } as const;
  const complete = task({ state: 'complete', desiredState: 'complete', exitCode: 0 });

  it.each<[situation: string, readonly ObservedTask[], maxTaskFailures: number, Partial<GateAnswer>]>([
    ['it runs', [running], 0, { state: 'waiting', running: 0, desired: 1 }],
    ['it is complete', [complete], 0, { state: 'healthy', running: 1 }],
    ['only an earlier execution is complete', [{ ...complete, isCurrent: false }], 0, { state: 'waiting', running: 0 }],
    ['it failed and is tried again', [crashed, running], 1, { state: 'waiting' }],
    ['it failed and then succeeded', [crashed, complete], 1, { state: 'healthy' }],
    ['an earlier execution failed', [{ ...crashed, createdAt: SINCE - 1 }, complete], 0, { state: 'healthy' }],
  ])('answers as the tasks are when %s', (_situation, tasks, maxTaskFailures, answer) => {
    expect(ask(tasks, { ...job, maxTaskFailures })).toMatchObject(answer);
  });

  it.each([
    ['at its first failure when there are no retries', [crashed], 0],
    ['when its retries are used up', [crashed, crashed], 1],
  ])('fails %s', (_when, tasks, maxTaskFailures) => {
    expect(ask(tasks, { ...job, maxTaskFailures })).toMatchObject({
      state: 'failed',
      failure: { code: 'job_failed', message: 'The job web failed (exit code 1).' },
    });
  });

  it('counts completed tasks on every node for a global job', () => {
    const global = { ...job, mode: { kind: 'global-job' } } as const;
    const tasks = [
      { ...complete, nodeId: 'a' },
      { ...running, nodeId: 'b' },
    ];
    expect(ask(tasks, global)).toMatchObject({ state: 'waiting', running: 1, desired: 2 });
  });
});
