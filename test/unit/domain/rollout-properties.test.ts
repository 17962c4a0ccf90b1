import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentKind } from '../../../src/domain/deployment.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../../src/domain/release-settings.ts';
import { isJob, type ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { Dependency } from '../../../src/domain/stack-spec.ts';
import { aService, aStack, needs } from '../../support/builders.ts';
import { type Outcome, SimulatedEngine } from '../../support/simulated-engine.ts';
import { type RolloutEnd, runRollout } from '../../support/simulated-engine-worker.ts';

const START = 1_000_000;
const DEADLINE_MS = 8000;
const STEP_MS = 500;
const RUNS = 150;

type ServiceCase = {
  readonly isJob: boolean;
  readonly change: 'create' | 'new_image' | 'new_setting' | 'unchanged';
  readonly replicas: number;
  readonly startFirst: boolean;
  readonly outcome: Outcome;
  readonly dependsOn: readonly number[];
  readonly failedBefore: boolean;
};

type StackCase = {
  readonly services: readonly ServiceCase[];
  readonly kind: DeploymentKind;
  readonly leavesOneBehind: boolean;
  readonly cancelAfterMs: number | null;
  readonly failsAfterwards: boolean;
  readonly deaths: readonly number[];
  readonly refusals: readonly number[];
};

const startMs = fc.constantFrom(0, 400, 1500);
const goodOutcome: fc.Arbitrary<Outcome> = fc.record({ kind: fc.constant('healthy' as const), startMs });
const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 8, arbitrary: goodOutcome },
  fc.record({ kind: fc.constant('crashes' as const), startMs }),
  fc.record({ kind: fc.constant('flaps' as const), startMs }),
  fc.record({ kind: fc.constant('dies_later' as const), startMs, runMs: fc.constantFrom(300, 900, 4000) }),
  fc.constant<Outcome>({ kind: 'never_healthy' }),
  fc.constant<Outcome>({ kind: 'rejected' }),
);

function serviceCase(outcome: fc.Arbitrary<Outcome>): fc.Arbitrary<ServiceCase> {
  return fc.record({
    isJob: fc.nat(4).map((roll) => roll === 0),
    change: fc.constantFrom('create', 'new_image', 'new_image', 'new_setting', 'unchanged'),
    replicas: fc.constantFrom(1, 1, 2, 3, 0),
    startFirst: fc.boolean(),
    outcome,
    dependsOn: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
    failedBefore: fc.nat(4).map((roll) => roll === 0),
  });
}

function stackCase(outcome: fc.Arbitrary<Outcome>, fixed: Partial<StackCase> = {}): fc.Arbitrary<StackCase> {
  return fc
    .record({
      services: fc.array(serviceCase(outcome), { minLength: 1, maxLength: 5 }),
      kind: fc.constantFrom<DeploymentKind>('deploy', 'deploy', 'rollback'),
      leavesOneBehind: fc.boolean(),
      cancelAfterMs: fc.option(fc.nat(12_000), { freq: 4 }),
      failsAfterwards: fc.nat(5).map((roll) => roll === 0),
      deaths: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
      refusals: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
    })
    .map((given): StackCase => ({ ...given, ...fixed }));
}

const UNDISTURBED = { cancelAfterMs: null, failsAfterwards: false, refusals: [] };

type Played = {
  readonly end: RolloutEnd;
  readonly engine: SimulatedEngine;
  readonly before: ReadonlyMap<string, ServiceSpec | null>;
  readonly wanted: Readonly<Record<string, ServiceSpec>>;
  readonly dependencies: Readonly<Record<string, readonly Dependency[]>>;
  /** Services that were applied while something they depend on was not healthy. */
  readonly tooEarly: readonly string[];
};

function play(given: StackCase): Played {
  const outcomes = new Map<string, Outcome>();
  const engine = new WatchedEngine(START, outcomes);
  const wanted: ServiceSpec[] = [];
  const dependencies: Record<string, readonly Dependency[]> = {};
  given.services.forEach((one, index) => {
    const after = specOf(one, index);
    wanted.push(after);
    dependencies[after.name] = [...new Set(one.dependsOn)].filter((other) => other < index).map((other) => needs(`s${other}`));
    // What runs already is well, and an image that runs can run again; only a new one can be bad.
    if (one.isJob) outcomes.set(after.pinnedImage ?? '', jobOutcome(one.outcome));
    else if (one.change === 'create' || one.change === 'new_image') outcomes.set(after.pinnedImage ?? '', one.outcome);
    if (one.change === 'create') return;
    if (one.change === 'unchanged') engine.seed(after);
    else if (one.change === 'new_image') engine.seed({ ...after, ...imageOf(`s${index}`, '1') });
    else engine.seed({ ...after, environment: { LEVEL: 'old' } });
    if (one.failedBefore) engine.seedFailure(after);
  });
  if (given.leavesOneBehind) engine.seed(aService('left-behind'));
  engine.needs = dependencies;
  const before = new Map(wanted.map((spec) => [spec.name, engine.specOf(spec.name)] as const));
  const spec = aStack(wanted, { dependencies, settings: { ...DEFAULT_RELEASE_SETTINGS, progressDeadlineMs: DEADLINE_MS } });
  const end = runRollout({
    ...given,
    engine,
    spec,
    stepMs: STEP_MS,
    deaths: new Set(given.deaths),
    refusals: new Set(given.refusals),
    limitMs: 150_000,
  });
  return { end, engine, before, wanted: spec.services, dependencies, tooEarly: engine.tooEarly };
}

function specOf(one: ServiceCase, index: number): ServiceSpec {
  const { replicas } = one;
  return aService(`s${index}`, {
    ...imageOf(`s${index}`, one.change === 'new_image' || one.change === 'create' ? '2' : '1'),
    environment: { LEVEL: 'new' },
    mode: one.isJob ? { kind: 'replicated-job', replicas: Math.max(1, replicas) } : { kind: 'replicated', replicas },
    update: { parallelism: 0, monitorMs: 1000, order: one.startFirst ? 'start-first' : 'stop-first' },
  });
}

function imageOf(name: string, version: string): Pick<ServiceSpec, 'image' | 'pinnedImage'> {
  const { image, pinnedImage } = aService(name, {}, version);
  return pinnedImage === undefined ? { image } : { image, pinnedImage };
}

function jobOutcome(outcome: Outcome): Outcome {
  if (outcome.kind === 'never_healthy' || outcome.kind === 'rejected') return outcome;
  return { kind: 'ends', startMs: outcome.startMs, exitCode: outcome.kind === 'crashes' ? 3 : 0 };
}

/** Looks, at every write, at whether what the service depends on is healthy in truth. */
class WatchedEngine extends SimulatedEngine {
  needs: Readonly<Record<string, readonly Dependency[]>> = {};
  readonly tooEarly: string[] = [];

  override apply(...args: Parameters<SimulatedEngine['apply']>): ReturnType<SimulatedEngine['apply']> {
    const [{ name }] = args;
    for (const dependency of this.needs[name] ?? []) {
      const { service } = dependency;
      const isIdleJob = isJob(this.specOf(service)?.mode ?? { kind: 'global' }) && !this.writes.some((write) => write.service === service);
      if (!isIdleJob && this.specOf(service) !== null && !this.isHealthy(service)) this.tooEarly.push(`${name} before ${service}`);
    }
    return super.apply(...args);
  }
}

/** Which services are on the plan, which as before; a job that ran counts as on neither side once it is gone. */
function sidesOf({ end, engine, before, wanted }: Played): { readonly onPlan: boolean; readonly asBefore: boolean; readonly why: string } {
  const touched = end.plan.services.filter((plan) => plan.action !== 'remove' && plan.action !== 'unchanged');
  const notOnPlan = touched.filter(({ service }) => engine.specOf(service) !== wanted[service]);
  const notAsBefore = touched.filter(({ service, isJob: job }) => {
    const now = engine.specOf(service);
    return now !== before.get(service) && !(job && now === null);
  });
  const names = (plans: typeof touched): string => plans.map((plan) => plan.service).join(',');
  return {
    onPlan: notOnPlan.length === 0,
    asBefore: notAsBefore.length === 0,
    why: `not on plan: ${names(notOnPlan)}; not as before: ${names(notAsBefore)}`,
  };
}

function writesOf(engine: SimulatedEngine, type: 'apply' | 'restore'): readonly string[] {
  return engine.writes.filter((write) => write.type === type).map((write) => write.service);
}

describe('a rollout, whatever happens to it', () => {
  it('always ends, with every touched service on the plan or every one as it was before', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(stackCase(anyOutcome), (given) => {
        const played = play(given);
        const { end } = played;
        ends.set(end.kind, (ends.get(end.kind) ?? 0) + 1);
        const sides = sidesOf(played);
        expect(['rolled_out', 'taken_back']).toContain(end.kind);
        expect(end.kind === 'rolled_out' ? sides.onPlan : sides.asBefore, `${end.kind}: ${sides.why}`).toBe(true);
        const survivors = end.plan.services.filter((plan) => plan.action !== 'remove' && !plan.isJob);
        const unwell = survivors.filter(({ service }) => played.engine.specOf(service) !== null && !played.engine.isHealthy(service));
        expect(unwell.map((plan) => plan.service)).toEqual([]);
      }),
      { numRuns: RUNS * 2 },
    );
    // Both ends must really have been reached for the property to say anything.
    expect(Math.min(ends.get('rolled_out') ?? 0, ends.get('taken_back') ?? 0)).toBeGreaterThan(RUNS / 10);
  });

  it('starts no service before all that it depends on is healthy', () => {
    fc.assert(
      fc.property(stackCase(anyOutcome), (given) => {
        // A rollback of what exists goes at once; make-plan.test.ts has that rule.
        expect(play({ ...given, kind: 'deploy' }).tooEarly).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('applies nothing after it turned back, and restores nothing before', () => {
    fc.assert(
      fc.property(stackCase(anyOutcome), (given) => {
        const { end, engine } = play(given);
        const late = engine.writes.findIndex((write) => write.type === 'restore');
        const afterwards = late < 0 ? [] : engine.writes.slice(late);
        expect(afterwards.filter((write) => write.type === 'apply')).toEqual([]);
        if (end.turnedBackAt === null) expect(writesOf(engine, 'restore')).toEqual([]);
        else expect(engine.writes.every((write) => write.type !== 'restore' || write.at >= (end.turnedBackAt ?? 0))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('runs a job at most once, also when the record of it died with the worker, and never in a rollback', () => {
    fc.assert(
      fc.property(stackCase(anyOutcome), (given) => {
        const { end, engine } = play(given);
        for (const plan of end.plan.services.filter((service) => service.isJob)) {
          const times = writesOf(engine, 'apply').filter((service) => service === plan.service).length;
          expect(times).toBeLessThanOrEqual(plan.action === 'run' ? 1 : 0);
        }
        if (given.kind === 'rollback') expect(end.plan.services.filter((plan) => plan.action === 'run')).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('never writes to a service that did not change or that is only to be removed', () => {
    fc.assert(
      fc.property(stackCase(anyOutcome), (given) => {
        const { end, engine } = play(given);
        const still = end.plan.services
          .filter((plan) => plan.action === 'unchanged' || plan.action === 'remove')
          .map((plan) => plan.service);
        const written = [...writesOf(engine, 'apply'), ...writesOf(engine, 'restore')];
        expect(written.filter((service) => still.includes(service))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('succeeds when every service is well and nobody interferes, however often its worker dies', () => {
    fc.assert(
      fc.property(stackCase(goodOutcome, UNDISTURBED), (given) => {
        const { end, engine, wanted } = play(given);
        expect(end.kind).toBe('rolled_out');
        const changed = end.plan.services.filter((plan) => plan.action !== 'unchanged' && plan.action !== 'remove');
        for (const { service } of changed) {
          expect(engine.specOf(service)).toBe(wanted[service]);
          expect(engine.isHealthy(service)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('takes everything back when one service, in any wave, cannot become healthy', () => {
    const bad = fc.constantFrom<Outcome>({ kind: 'crashes', startMs: 400 }, { kind: 'never_healthy' }, { kind: 'rejected' });
    fc.assert(
      fc.property(stackCase(goodOutcome, UNDISTURBED), bad, fc.nat(4), (given, outcome, position) => {
        const victim = position % given.services.length;
        const services = given.services.map(
          (one, index): ServiceCase => (index === victim ? { ...one, outcome, change: 'new_image', isJob: false, replicas: 2 } : one),
        );
        const played = play({ ...given, services });
        expect(played.end.kind).toBe('taken_back');
        expect(played.end.failure?.service).toBe(`s${victim}`);
        expect(sidesOf(played)).toMatchObject({ asBefore: true });
      }),
      { numRuns: RUNS },
    );
  });

  it('changes nothing on the engine when it is cancelled before its first write', () => {
    fc.assert(
      fc.property(stackCase(anyOutcome, { cancelAfterMs: 0 }), (given) => {
        const played = play(given);
        expect(played.end.kind).toBe('taken_back');
        expect(played.end.failure).toBeNull();
        expect(writesOf(played.engine, 'apply')).toEqual([]);
        for (const [service, spec] of played.before) expect(played.engine.specOf(service)).toBe(spec);
      }),
      { numRuns: RUNS },
    );
  });
});
