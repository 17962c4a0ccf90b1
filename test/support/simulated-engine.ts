import type { EngineServiceSpec, ObservedService, ObservedStack, ObservedTask, WriteOwner } from '../../src/domain/observed.ts';
import { isJob, type ServiceSpec } from '../../src/domain/service-spec.ts';

/** What becomes of the tasks of an image. */
export type Outcome =
  | { readonly kind: 'healthy'; readonly startMs: number }
  /** Every task fails `startMs` after it was made; with start-first the old tasks go on running beside it. */
  | { readonly kind: 'crashes'; readonly startMs: number }
  /** The first task fails, those that replace it are well. */
  | { readonly kind: 'flaps'; readonly startMs: number }
  /** Runs, and dies `runMs` later. */
  | { readonly kind: 'dies_later'; readonly startMs: number; readonly runMs: number }
  | { readonly kind: 'never_healthy' }
  | { readonly kind: 'rejected' }
  /** For jobs: runs `startMs` and ends with this exit code. */
  | { readonly kind: 'ends'; readonly startMs: number; readonly exitCode: number };

export type Write = {
  readonly at: number;
  readonly type: 'apply' | 'restore' | 'claim';
  readonly service: string;
};

type SimulatedService = {
  spec: ServiceSpec;
  owner: WriteOwner | null;
  updatedAt: number;
  version: number;
  iteration: number;
};

type SimulatedTask = {
  readonly id: number;
  readonly service: string;
  readonly slot: number;
  readonly image: string;
  readonly template: string;
  readonly createdAt: number;
  state: string;
  desiredState: 'running' | 'shutdown';
  stateSince: number;
  error: string | null;
  exitCode: number | null;
};

const ENDED: readonly string[] = ['complete', 'failed', 'rejected', 'shutdown'];
const STOP_MS = 500;
const RESTART_DELAY_MS = 500;

/**
 * A Swarm in memory, as far as rollouts notice: services, their tasks by slot, start-first and stop-first replacement,
 * restarts, jobs that run once per write of their service. Time passes only by `advance`. `writes` tells what was asked of it.
 */
export class SimulatedEngine {
  now: number;
  readonly writes: Write[] = [];
  readonly #outcomes: ReadonlyMap<string, Outcome>;
  readonly #services = new Map<string, SimulatedService>();
  readonly #specs: ServiceSpec[] = [];
  #tasks: SimulatedTask[] = [];
  #lastId = 0;

  constructor(now: number, outcomes: ReadonlyMap<string, Outcome>) {
    this.now = now;
    this.#outcomes = outcomes;
  }

  /** What stood there before, well and long since started. */
  seed(spec: ServiceSpec): void {
    const service = { spec, owner: null, updatedAt: this.now - 60_000, version: 1, iteration: 0 };
    this.#services.set(spec.name, service);
    const replicas = 'replicas' in spec.mode ? spec.mode.replicas : 1;
    for (let slot = 1; slot <= replicas; slot++) {
      const task = this.#newTask(service, slot, this.now - 60_000);
      task.state = isJob(spec.mode) ? 'complete' : 'running';
    }
  }

  /** A task that failed in an earlier attempt with the same specification; engines keep such history. */
  seedFailure(spec: ServiceSpec): void {
    const service = this.#services.get(spec.name);
    if (service === undefined || isJob(spec.mode)) return;
    const task = this.#newTask({ ...service, spec }, 1, this.now - 30_000);
    Object.assign(task, { state: 'failed', desiredState: 'shutdown', error: 'task: non-zero exit (1)', exitCode: 1 });
  }

  apply(spec: ServiceSpec, owner: WriteOwner): ObservedService {
    this.writes.push({ at: this.now, type: 'apply', service: spec.name });
    return this.#write(spec, owner);
  }

  restore(name: string, previous: EngineServiceSpec | null, owner: WriteOwner): void {
    this.writes.push({ at: this.now, type: 'restore', service: name });
    if (previous === null) {
      this.#services.delete(name);
      this.#tasks = this.#tasks.filter((task) => task.service !== name);
      return;
    }
    const spec = this.#specs[Number(previous['handle'])];
    if (spec === undefined) throw new Error(`the engine never gave out this specification of ${name}`);
    if (this.#services.get(name)?.spec !== spec) this.#write(spec, owner);
  }

  claim(names: readonly string[], owner: WriteOwner): void {
    for (const name of names) {
      const service = this.#services.get(name);
      if (service === undefined) continue;
      this.writes.push({ at: this.now, type: 'claim', service: name });
      Object.assign(service, { owner, updatedAt: this.now, version: service.version + 1 });
    }
  }

  advance(ms: number): void {
    this.now += ms;
    for (const task of this.#tasks) this.#age(task);
    for (const service of this.#services.values()) {
      if (isJob(service.spec.mode)) this.#runJob(service);
      else this.#replaceTasks(service);
    }
  }

  observe(): ObservedStack {
    const services = [...this.#services.values()].map((service) => this.#observedService(service));
    const tasks = this.#tasks.map((task) => this.#observedTask(task));
    return { stack: 'shop-staging', services, tasks, networks: [], secrets: [], configs: [] };
  }

  specOf(name: string): ServiceSpec | null {
    return this.#services.get(name)?.spec ?? null;
  }

  /** By the engine's own truth, apart from the gate that is under test. */
  isHealthy(name: string): boolean {
    const service = this.#services.get(name);
    if (service === undefined) return false;
    const mine = this.#tasks.filter((task) => task.service === name);
    const wanted = 'replicas' in service.spec.mode ? service.spec.mode.replicas : 1;
    const current = mine.filter((task) => task.template === templateOf(service));
    if (isJob(service.spec.mode)) return current.filter((task) => task.state === 'complete').length >= wanted;
    const running = current.filter((task) => task.state === 'running' && task.desiredState === 'running');
    const stale = mine.filter((task) => task.template !== templateOf(service) && isActive(task));
    return running.length >= wanted && stale.length === 0;
  }

  #write(spec: ServiceSpec, owner: WriteOwner): ObservedService {
    const before = this.#services.get(spec.name);
    const service: SimulatedService = {
      spec,
      owner,
      updatedAt: this.now,
      version: (before?.version ?? 0) + 1,
      iteration: (before?.iteration ?? 0) + 1,
    };
    this.#services.set(spec.name, service);
    return this.#observedService(service);
  }

  #newTask(service: SimulatedService, slot: number, createdAt: number): SimulatedTask {
    this.#lastId += 1;
    const task: SimulatedTask = {
      id: this.#lastId,
      service: service.spec.name,
      slot,
      image: service.spec.pinnedImage ?? service.spec.image,
      template: templateOf(service),
      createdAt,
      state: 'starting',
      desiredState: 'running',
      stateSince: createdAt,
      error: null,
      exitCode: null,
    };
    this.#tasks.push(task);
    return task;
  }

  #age(task: SimulatedTask): void {
    if (ENDED.includes(task.state)) return;
    const since = this.now - task.stateSince;
    if (task.desiredState === 'shutdown') {
      if (since >= STOP_MS) this.#enter(task, 'shutdown');
      return;
    }
    const outcome = this.#outcomes.get(task.image) ?? { kind: 'healthy', startMs: 0 };
    if (task.state === 'running') {
      if (outcome.kind === 'dies_later' && since >= outcome.runMs) this.#fail(task, 137);
      return;
    }
    if (outcome.kind === 'rejected') this.#enter(task, 'rejected', `No such image: ${task.image}`);
    if (outcome.kind === 'rejected' || outcome.kind === 'never_healthy' || since < outcome.startMs) return;
    const isFirst = !this.#tasks.some((other) => other.id < task.id && other.template === task.template && other.service === task.service);
    if (outcome.kind === 'crashes' || (outcome.kind === 'flaps' && isFirst)) this.#fail(task, 1);
    else if (outcome.kind !== 'ends') this.#enter(task, 'running');
    else if (outcome.exitCode === 0) this.#enter(task, 'complete');
    else this.#fail(task, outcome.exitCode);
  }

  #enter(task: SimulatedTask, state: string, error: string | null = null): void {
    Object.assign(task, { state, error, stateSince: this.now });
  }

  #fail(task: SimulatedTask, exitCode: number): void {
    this.#enter(task, 'failed', `task: non-zero exit (${exitCode})`);
    Object.assign(task, { exitCode, desiredState: 'shutdown' });
  }

  #replaceTasks(service: SimulatedService): void {
    const mine = this.#tasks.filter((task) => task.service === service.spec.name);
    const template = templateOf(service);
    const replicas = 'replicas' in service.spec.mode ? service.spec.mode.replicas : 1;
    const slots = new Set([...mine.map((task) => task.slot), ...Array.from({ length: replicas }, (_, index) => index + 1)]);
    for (const slot of slots) {
      const here = mine.filter((task) => task.slot === slot);
      const old = here.filter((task) => task.template !== template && isActive(task));
      const current = here.filter((task) => task.template === template);
      const alive = current.filter(isActive);
      if (slot > replicas) {
        this.#stop([...old, ...alive]);
        continue;
      }
      const startFirst = service.spec.update?.order === 'start-first';
      if (!startFirst || alive.some((task) => task.state === 'running')) this.#stop(old);
      const isFree = startFirst || here.every((task) => task.template === template || ENDED.includes(task.state));
      const lastEnd = Math.max(0, ...current.filter((task) => !isActive(task)).map((task) => task.stateSince));
      if (alive.length === 0 && isFree && this.now - lastEnd >= RESTART_DELAY_MS) this.#newTask(service, slot, this.now);
    }
  }

  #stop(tasks: readonly SimulatedTask[]): void {
    for (const task of tasks) Object.assign(task, { desiredState: 'shutdown', stateSince: this.now });
  }

  #runJob(service: SimulatedService): void {
    const current = this.#tasks.filter((task) => task.service === service.spec.name && task.template === templateOf(service));
    const wanted = 'replicas' in service.spec.mode ? service.spec.mode.replicas : 1;
    const failed = current.filter((task) => task.state === 'failed' || task.state === 'rejected').length;
    if (failed > (service.spec.restart?.maxAttempts ?? 0)) return;
    for (let slot = current.length - failed + 1; slot <= wanted; slot++) this.#newTask(service, slot, this.now);
  }

  #observedService({ spec, owner, updatedAt, version }: SimulatedService): ObservedService {
    let handle = this.#specs.indexOf(spec);
    if (handle < 0) handle = this.#specs.push(spec) - 1;
    const engineSpec = { handle };
    return { id: spec.name, service: spec.name, version, spec, unmodelled: {}, engineSpec, owner, updatedAt, update: null };
  }

  #observedTask(task: SimulatedTask): ObservedTask {
    const service = this.#services.get(task.service);
    const { id, slot, image, state, desiredState, error, exitCode, createdAt, stateSince } = task;
    return {
      ...{
        id: String(id),
        service: task.service,
        slot,
        nodeId: 'node-1',
        image,
        state,
        desiredState,
        error,
        exitCode,
        createdAt,
        stateSince,
      },
      isCurrent: service !== undefined && templateOf(service) === task.template,
      message: state,
      containerId: null,
    };
  }
}

/** What makes a task another one: the engine compares task templates; a job's tasks belong to one execution. */
function templateOf({ spec, iteration }: SimulatedService): string {
  const own = JSON.stringify([spec.pinnedImage ?? spec.image, spec.environment]);
  return isJob(spec.mode) ? `${own}#${iteration}` : own;
}

function isActive(task: SimulatedTask): boolean {
  return task.desiredState === 'running' && !ENDED.includes(task.state);
}
