import { describe, expect, it } from 'vitest';
import type { ServiceProgress } from '../../../src/domain/deployment.ts';
import { makePlan } from '../../../src/domain/make-plan.ts';
import { decideRollout } from '../../../src/domain/rollout.ts';
import type { Dependency } from '../../../src/domain/stack-spec.ts';
import { anObservedService, anObservedStack, aProgress, aService, aStack, aTask, needs } from '../../support/builders.ts';

const NOW = 1_000_000;
const NAMES = ['db', 'slow', 'web'];
const OURS = { deploymentId: 'd1', fence: 1 };

/**
 * What is applied next in an update of `db`, `slow` and `web`, of which `web` depends on what is said. `running` are the
 * services of which a task of the former version runs; the new ones are not there yet.
 */
function next(dependencies: readonly Dependency[], phase: ServiceProgress['phase'], running: readonly string[]): readonly string[] {
  const spec = aStack(
    NAMES.map((name) => aService(name, {}, '1.1.0')),
    { dependencies: { web: dependencies } },
  );
  const before = anObservedStack({ services: NAMES.map((name) => anObservedService(aService(name))) });
  const plan = makePlan({ kind: 'deploy', version: '1.1.0', spec, specHash: '', observed: before, notes: [] });
  const phaseOf = (name: string): ServiceProgress['phase'] => (name === 'web' ? 'pending' : phase);
  const answer = decideRollout({
    deploymentId: 'd1',
    plan,
    spec,
    direction: 'forward',
    progress: plan.services.map(({ service, wave }) =>
      aProgress(service, { wave, phase: phaseOf(service), appliedAt: NOW - 10, deadlineAt: NOW + 60_000 }),
    ),
    observed: anObservedStack({
      services: NAMES.map((name) =>
        anObservedService(
          aService(name, {}, phaseOf(name) === 'pending' ? '1.0.0' : '1.1.0'),
          phaseOf(name) === 'pending' ? {} : { owner: OURS },
        ),
      ),
      tasks: running.map((name) => aTask(name, { isCurrent: false, createdAt: 1 })),
    }),
    previous: new Map(NAMES.map((name) => [name, { existed: true }])),
    cancelRequested: false,
    now: NOW,
    startedAt: NOW - 100,
    forgiveBefore: 0,
  });
  return answer.actions.map(({ service }) => service);
}

const STARTED = { condition: 'service_started' } as const;

describe('the order in which services are written', () => {
  it('lets one that needs only a started service begin while that is being replaced', () => {
    expect(next([needs('db', STARTED)], 'applied', ['db', 'slow'])).toEqual(['web']);
  });

  it('holds it back while nothing of the service runs, as at a first deployment', () => {
    expect(next([needs('db', STARTED)], 'applied', [])).toEqual([]);
  });

  it('holds it back until the service it depends on has been written', () => {
    expect(next([needs('db', STARTED)], 'pending', ['db', 'slow'])).toEqual(['db', 'slow']);
  });

  it('holds one that needs a healthy service back while the new tasks are not healthy, though old ones run', () => {
    expect(next([needs('db')], 'applied', ['db', 'slow'])).toEqual([]);
  });

  it('does the same for one that needs several and has only some', () => {
    const both = [needs('db', STARTED), needs('slow', { condition: 'service_completed_successfully' })];
    expect(next(both, 'applied', ['db', 'slow'])).toEqual([]);
  });
});
