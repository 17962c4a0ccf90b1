import { isSameJson } from '../../src/domain/json.ts';
import type { EngineServiceSpec, ObservedService, ObservedTask, WriteOwner } from '../../src/domain/observed.ts';
import { isJob, type ServiceSpec } from '../../src/domain/service-spec.ts';
import { FakeTask, type TaskBehaviour } from './fake-tasks.ts';

export type FakeServiceSpec = { readonly spec: ServiceSpec; readonly owner: WriteOwner | null };

type Surroundings = { readonly behaviourOf: (image: string) => TaskBehaviour; readonly onChange: () => void };

const RESTART_MS = 20;

/** A service in memory: a version that grows with every write, and tasks that follow its specification. */
export class FakeService {
  readonly id: string;
  readonly stack: string;
  spec: ServiceSpec;
  owner: WriteOwner | null;
  version = 1;
  #updatedAt = Date.now();
  #generation = 1;
  #tasks: FakeTask[] = [];
  #isDisposed = false;
  readonly #around: Surroundings;

  constructor(id: string, stack: string, { spec, owner }: FakeServiceSpec, around: Surroundings) {
    this.id = id;
    this.stack = stack;
    this.spec = spec;
    this.owner = owner;
    this.#around = around;
    this.#fill();
  }

  /** Specifications that `engineSpec` carried out of here. */
  static recorded(previous: EngineServiceSpec): ServiceSpec {
    const { fake } = previous;
    if (typeof fake !== 'string') throw new Error('not a specification of this engine');
    return JSON.parse(fake);
  }

  update(spec: ServiceSpec, owner: WriteOwner): this {
    // A job runs again with every write, like on the real engine.
    const replaces = isJob(spec.mode) || !isSameJson(template(spec), template(this.spec));
    this.spec = spec;
    this.claim(owner);
    if (!replaces) {
      this.#fill();
      return this;
    }
    this.#generation += 1;
    if (spec.update?.order !== 'start-first') for (const task of this.#tasks) task.stop();
    this.#fill();
    return this;
  }

  claim(owner: WriteOwner): this {
    this.owner = owner;
    this.version += 1;
    this.#updatedAt = Date.now();
    return this;
  }

  observed(): ObservedService {
    return {
      id: this.id,
      service: this.spec.name,
      version: this.version,
      spec: this.spec,
      unmodelled: {},
      engineSpec: { fake: JSON.stringify(this.spec) },
      owner: this.owner,
      updatedAt: this.#updatedAt,
      update: null,
    };
  }

  observedTasks(): readonly ObservedTask[] {
    return this.#tasks.map((task) => task.observed(this.spec.name, task.generation === this.#generation));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const task of this.#tasks) task.dispose();
  }

  /** Makes the tasks that are missing, stops those that are too many. */
  #fill(): void {
    const wanted = 'replicas' in this.spec.mode ? this.spec.mode.replicas : 1;
    const current = this.#tasks.filter((task) => task.generation === this.#generation && task.desiredState === 'running');
    for (const task of current.slice(wanted)) task.stop();
    for (let slot = current.length + 1; slot <= wanted; slot += 1) this.#start(slot);
  }

  #start(slot: number): void {
    const image = this.spec.pinnedImage ?? this.spec.image;
    const job = isJob(this.spec.mode);
    this.#tasks.push(new FakeTask(slot, image, this.#generation, this.#around.behaviourOf(image), job, (task) => this.#taskChanged(task)));
  }

  #taskChanged(task: FakeTask): void {
    if (this.#isDisposed) return;
    const isCurrent = task.generation === this.#generation;
    if (isCurrent && task.state === 'running') {
      for (const old of this.#tasks) if (old.generation !== this.#generation && old.slot === task.slot) old.stop();
    }
    const restarts = !isJob(this.spec.mode) && this.spec.restart?.condition !== 'none';
    if (isCurrent && task.state === 'failed' && restarts) setTimeout(() => this.#restart(task), RESTART_MS);
    this.#around.onChange();
  }

  #restart(task: FakeTask): void {
    if (this.#isDisposed || task.generation !== this.#generation) return;
    this.#start(task.slot);
    this.#around.onChange();
  }
}

/** What replaces tasks when it changes: everything but the service object's own settings. */
function template({ labels: _labels, mode: _mode, update: _update, rollback: _rollback, image: _image, ...rest }: ServiceSpec) {
  return rest.pinnedImage === undefined ? { ...rest, image: _image } : rest;
}
