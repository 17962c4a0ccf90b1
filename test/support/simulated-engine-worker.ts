import type { DeploymentKind, Failure, ServiceProgress } from '../../src/domain/deployment.ts';
import { makePlan } from '../../src/domain/make-plan.ts';
import type { EngineServiceSpec } from '../../src/domain/observed.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { afterAction, decideRollout, initialProgress, type RolloutAnswer } from '../../src/domain/rollout.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { SimulatedEngine } from './simulated-engine.ts';

export type RolloutCase = {
  readonly engine: SimulatedEngine;
  readonly spec: StackSpec;
  readonly kind: DeploymentKind;
  readonly stepMs: number;
  /** Simulated time after which somebody cancels. */
  readonly cancelAfterMs: number | null;
  /** The rollout went well, but what comes after it (a smoke check) did not. */
  readonly failsAfterwards: boolean;
  /** The worker dies at these instructions, counted over all workers; another takes over. */
  readonly deaths: ReadonlySet<number>;
  /** The engine refuses these writes, counted over all of them. */
  readonly refusals: ReadonlySet<number>;
  readonly limitMs: number;
};

export type RolloutEnd = {
  readonly kind: 'rolled_out' | 'taken_back' | 'restore_failed' | 'never_ended';
  readonly plan: Plan;
  readonly failure: Failure | null;
  /** When `back` was recorded. */
  readonly turnedBackAt: number | null;
  readonly deaths: number;
  readonly tookMs: number;
};

/** All that outlives a worker. */
type Durable = {
  progress: readonly ServiceProgress[];
  direction: 'forward' | 'back';
  failure: Failure | null;
  turnedBackAt: number | null;
};

const DEPLOYMENT = 'd1';

class WorkerDied extends Error {}

/** Counts what was asked of the engine over all workers. */
type Counter = { writes: number };

/** Drives the pure decision as a worker does (record, act, record), on the simulated engine, through any number of deaths. */
export function runRollout(given: RolloutCase): RolloutEnd {
  const { engine, spec, kind } = given;
  const startedAt = engine.now;
  const before = engine.observe();
  const plan = makePlan({ kind, version: '2', spec, specHash: 'hash', observed: before, notes: [] });
  const changed = plan.services.filter((service) => service.action !== 'unchanged').map((service) => service.service);
  const previous = new Map(
    changed.map((name) => [name, before.services.find((service) => service.service === name)?.engineSpec ?? null] as const),
  );
  const durable: Durable = { progress: [], direction: 'forward', failure: null, turnedBackAt: null };
  const counter: Counter = { writes: 0 };
  let instruction = 0;
  let deaths = 0;
  const step = (): void => {
    instruction += 1;
    if (given.deaths.has(instruction)) throw new WorkerDied();
  };

  for (let fence = 1; ; fence++) {
    try {
      if (fence > 1) engine.claim(changed, { deploymentId: DEPLOYMENT, fence });
      const worker = new SimulatedWorker(given, plan, previous, durable, fence, startedAt, step, counter);
      const end = worker.run();
      return { kind: end, plan, failure: durable.failure, turnedBackAt: durable.turnedBackAt, deaths, tookMs: engine.now - startedAt };
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      deaths += 1;
      engine.advance(given.stepMs);
    }
  }
}

class SimulatedWorker {
  readonly #given: RolloutCase;
  readonly #plan: Plan;
  readonly #previous: ReadonlyMap<string, EngineServiceSpec | null>;
  readonly #durable: Durable;
  readonly #fence: number;
  readonly #startedAt: number;
  readonly #step: () => void;
  readonly #counter: Counter;
  #progress: readonly ServiceProgress[];

  constructor(
    given: RolloutCase,
    plan: Plan,
    previous: ReadonlyMap<string, EngineServiceSpec | null>,
    durable: Durable,
    fence: number,
    startedAt: number,
    step: () => void,
    counter: Counter,
  ) {
    this.#given = given;
    this.#plan = plan;
    this.#previous = previous;
    this.#durable = durable;
    this.#fence = fence;
    this.#startedAt = startedAt;
    this.#step = step;
    this.#counter = counter;
    this.#progress = durable.progress.length > 0 ? durable.progress : initialProgress(plan);
  }

  run(): RolloutEnd['kind'] {
    const { engine, stepMs, limitMs, failsAfterwards } = this.#given;
    while (engine.now - this.#startedAt < limitMs) {
      const answer = this.#ask();
      this.#step();
      this.#save(answer.progress);
      const { verdict } = answer;
      if (verdict.kind === 'turn_back') {
        this.#turnBack(verdict.failure);
      } else if (verdict.kind === 'rolled_out' && failsAfterwards) {
        this.#turnBack({ code: 'smoke_check_failed', service: null, message: 'smoke' });
      } else if (verdict.kind !== 'continue') {
        return verdict.kind;
      } else if (answer.actions.length > 0) {
        this.#act(answer);
      } else {
        engine.advance(stepMs);
      }
    }
    return 'never_ended';
  }

  #ask(): RolloutAnswer {
    const { engine, spec, cancelAfterMs } = this.#given;
    return decideRollout({
      deploymentId: DEPLOYMENT,
      plan: this.#plan,
      spec,
      direction: this.#durable.direction,
      progress: this.#progress,
      observed: engine.observe(),
      previous: new Map([...this.#previous].map(([name, before]) => [name, { existed: before !== null }])),
      cancelRequested: cancelAfterMs !== null && engine.now - this.#startedAt >= cancelAfterMs,
      now: engine.now,
      startedAt: this.#startedAt,
      forgiveBefore: 0,
    });
  }

  #turnBack(failure: Failure | null): void {
    this.#step();
    Object.assign(this.#durable, { direction: 'back', failure, turnedBackAt: this.#given.engine.now });
    this.#step();
  }

  #act({ actions }: RolloutAnswer): void {
    const { engine, spec } = this.#given;
    const owner = { deploymentId: DEPLOYMENT, fence: this.#fence };
    const plans = new Map(this.#plan.services.map((service) => [service.service, service]));
    let next = this.#progress;
    let isRefused = false;
    for (const action of actions) {
      this.#step();
      this.#counter.writes += 1;
      if (this.#given.refusals.has(this.#counter.writes)) {
        isRefused = true;
        continue;
      }
      const plan = plans.get(action.service);
      const wanted = spec.services[action.service];
      if (plan === undefined || wanted === undefined) throw new Error(`asked to write ${action.service}, which is not planned`);
      if (action.type === 'apply') engine.apply(wanted, owner);
      // As the application does: a job is not put back, it is removed.
      else engine.restore(action.service, plan.isJob ? null : (this.#previous.get(action.service) ?? null), owner);
      next = next.map((item) => (item.service === action.service ? afterAction(item, action, plan, engine.now, engine.now) : item));
    }
    this.#step();
    this.#save(next);
    if (!isRefused) return;
    // On the way back a refused write ends this worker's attempt, and the next one goes on.
    if (this.#durable.direction === 'back') throw new WorkerDied();
    this.#turnBack({ code: 'engine_error', service: null, message: 'refused' });
  }

  #save(progress: readonly ServiceProgress[]): void {
    this.#progress = progress;
    this.#durable.progress = progress;
    this.#step();
  }
}
